package ping

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafkaio/kafkaio/brokertls"
)

// explainFirstAnswer says what the peer is, if it doesn't answer the first request like a broker.
func (a *attempt) explainFirstAnswer(ctx context.Context, err error) *failure {
	f := &failure{step: APIVersions, code: "not-kafka", outcome: "not Kafka", reason: reason(err)}
	answer := a.peeked.bytes()
	line, isText := firstLine(answer)
	refused, isRefused := errors.AsType[*kerr.Error](err)
	judged, isJudged := errors.AsType[*brokertls.Error](err) // TLS 1.3 refuses a client certificate only now
	var found speech
	if len(answer) == 0 && !brokertls.IsAlert(err) && !a.probe {
		found = a.findSpeech(ctx)
	}
	switch {
	case isJudged:
		f.reason = reason(judged.Err)
		a.explainClientCertificate(f, judged)
	case a.options.TLS == nil && (isTLS(answer) || found.tls):
		f.code, f.outcome = "tls-port", "wants TLS"
		f.text = fmt.Sprintf("%s speaks TLS, and was spoken to in plaintext.", a.address())
		f.advice = "Use the port of a plaintext listener, or TLS:"
		f.fix = []string{a.command(nil, Flag{"tls", ""})}
	case isHTTP(answer) || found.http:
		a.explainHTTP(f)
	case isText:
		f.text = fmt.Sprintf("What listens at %s is not Kafka. It says: %q", a.address(), line)
		f.advice = "Check the port: is it that of another program?"
	case isRefused:
		f.code, f.outcome = "versions-refused", "request refused"
		f.text = fmt.Sprintf("%s does not say what it can do: %s.", a.address(), refused.Message)
		f.advice = "The log of the broker may say more."
	case len(answer) > 0:
		f.text = fmt.Sprintf("What listens at %s does not answer as Kafka does: %s.", a.address(), f.reason)
		f.advice = "Check the port: is it that of another program?"
	case isTimeout(err):
		f.code, f.outcome = "silent", "no answer"
		f.text = fmt.Sprintf("%s accepts connections, but says nothing: there was no answer within %v.", a.address(), a.timeout)
		f.advice = "Is it Kafka that listens there? If it is, it may be starting, or overloaded; give it time: --timeout 10s."
	default:
		f.code, f.outcome = "hung-up", "hangs up"
		f.text = fmt.Sprintf("%s closes the connection at the first request.", a.address())
		f.advice = "Is it Kafka that listens there, 0.10 or later? If it is, its log says why: it may allow no more connections (max.connections), or none from this address (max.connections.per.ip.overrides)."
	}
	return f
}

func (a *attempt) explainHTTP(f *failure) {
	f.code, f.outcome = "http-server", "HTTP server"
	f.text = fmt.Sprintf("%s is an HTTP server, not a Kafka broker.", a.address())
	f.advice = "Kafka's own listeners are usually at port 9092, or 9093 with TLS. Kafka REST proxies, Connect, the schema registry and web consoles speak HTTP: a Kafka client can't use them."
}

// notABroker says what the peer is, if it speaks Kafka's protocol and serves no clients.
func (a *attempt) notABroker() *failure {
	f := &failure{step: APIVersions, code: "not-a-broker", outcome: "not a broker"}
	f.text = fmt.Sprintf("%s speaks Kafka's protocol, but serves no clients.", a.address())
	f.advice = "Use the port of one of the brokers' listeners."
	if a.isController() {
		f.code, f.outcome = "controller-listener", "a KRaft controller"
		f.text = fmt.Sprintf("%s is a KRaft controller's listener, not a broker's.", a.address())
		f.advice = "Use the broker's port: that of a listener in server.properties that is not in controller.listener.names."
	}
	return f
}

func (a *attempt) noBrokers() *failure {
	return &failure{
		step: Metadata, code: "no-brokers", outcome: "no brokers",
		text:   fmt.Sprintf("%s answers, but knows of no brokers, not even itself.", a.address()),
		advice: "It may be starting, or it can't reach the cluster's controllers: its log says so.",
	}
}

// explainMetadata says why the broker doesn't answer Metadata. Most often it wants SASL first, and hangs up
// to show it.
func (a *attempt) explainMetadata(ctx context.Context, err error) *failure {
	f := &failure{step: Metadata, code: "metadata-failed", outcome: "no metadata", reason: reason(err)}
	if a.options.SASL == nil && isClosed(err) {
		if offered, ok := a.mechanisms(ctx); ok {
			a.saslRequired(f, offered)
			return f
		}
	}
	f.text = fmt.Sprintf("%s answers, but does not tell of its cluster: %s.", a.address(), f.reason)
	f.advice = "The log of the broker may say more."
	if isTimeout(err) {
		f.advice = "It may be starting, or overloaded; give it time: --timeout 10s."
	}
	return f
}
