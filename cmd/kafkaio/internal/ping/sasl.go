package ping

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/rpc"
)

// authenticate does SASL if the options ask for it.
func (a *attempt) authenticate(ctx context.Context) bool {
	mechanism := a.options.SASL
	if mechanism == nil {
		return true
	}
	started := time.Now()
	stepCtx, cancel := a.step(ctx)
	defer cancel()
	_, err := rpc.Authenticate(stepCtx, a.kafka, mechanism)
	took := time.Since(started)
	if err != nil {
		return a.fail(ctx, a.explainSASL(ctx, err), took)
	}
	a.done(SASL, took, fmt.Sprintf("%s as %s", mechanism.Name(), a.options.User))
	return true
}

func (a *attempt) explainSASL(ctx context.Context, err error) *failure {
	mechanism := a.options.SASL.Name()
	f := &failure{step: SASL, code: "sasl-failed", outcome: "not completed", reason: reason(err)}
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		f.code, f.outcome = "sasl-refused", "user or password refused"
		f.text = fmt.Sprintf("%s refused the user %s with this password (%s).", a.address(), a.options.User, mechanism)
		f.advice = "Check the name and the password."
		if strings.HasPrefix(mechanism, "SCRAM-") {
			f.advice = "Check the name and the password. A user has a password for each SCRAM mechanism; this sets the one for " + mechanism + ":"
			f.fix = []string{fmt.Sprintf("kafka-configs.sh --bootstrap-server ... --alter --entity-type users --entity-name %s --add-config '%s=[password=...]'", quoted(a.options.User), mechanism)}
		}
		return f
	case errors.Is(err, kerr.IllegalSaslState), a.answersWithoutSASL(ctx):
		f.code, f.outcome = "sasl-not-offered", "no SASL here"
		f.text = fmt.Sprintf("%s takes no SASL: it is a listener without authentication.", a.address())
		f.advice = "Use the port of a listener with SASL, or leave out --sasl:"
		f.fix = a.fixWithout(saslFlags)
		return f
	}
	offered, ok := a.mechanisms(ctx)
	if ok && len(offered) > 0 && !slices.Contains(offered, mechanism) {
		f.code, f.outcome = "sasl-mechanism", mechanism+" is not offered"
		f.text = fmt.Sprintf("%s does not offer %s, but %s.", a.address(), mechanism, list(offered))
		f.advice = "Add " + mechanism + " to sasl.enabled.mechanisms in server.properties"
		if f.fix = a.saslCommand(offered); len(f.fix) > 0 {
			f.advice += ", or use one that it offers:"
		} else {
			f.advice += "."
		}
		return f
	}
	f.text = fmt.Sprintf("%s did not complete the authentication: %s.", a.address(), f.reason)
	f.advice = "The log of the broker may say more."
	switch {
	case !isClosed(err):
	case ok:
		f.advice = "Check the name and the password: some brokers hang up where they are wrong. The log of the broker may say more."
	default:
		f.advice = "The listener may have no SASL: use the port of one that has, or leave out --sasl. Otherwise check the name and the password: some brokers hang up where they are wrong. The log of the broker may say more."
		f.fix = a.fixWithout(saslFlags)
	}
	return f
}

// answersWithoutSASL reports whether the broker answers Metadata without authentication. Only listeners
// without SASL do.
func (a *attempt) answersWithoutSASL(ctx context.Context) bool {
	w := a.again()
	defer w.leave()
	if !w.reach(ctx) || !w.askVersions(ctx) {
		return false
	}
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	response, err := w.do(ctx, request)
	return err == nil && response.(*kmsg.MetadataResponse).ErrorCode == 0
}

// mechanisms asks the broker for its SASL mechanisms. ok is false if the listener has no SASL.
func (a *attempt) mechanisms(ctx context.Context) (offered []string, ok bool) {
	w := a.again()
	defer w.leave()
	if !w.reach(ctx) || !w.askVersions(ctx) {
		return nil, false
	}
	request := kmsg.NewPtrSASLHandshakeRequest()
	request.Mechanism = "KAFKAIO-PING" // which no broker has: it answers with those that it has
	response, err := w.do(ctx, request)
	if err != nil {
		return nil, false
	}
	answer := response.(*kmsg.SASLHandshakeResponse)
	if answer.ErrorCode != kerr.UnsupportedSaslMechanism.Code {
		return nil, false
	}
	for _, m := range answer.SupportedMechanisms {
		offered = append(offered, clean(m, mostName))
	}
	return offered, true
}

// SASLRequired is the code of the Problem that a broker takes nobody without SASL. Its text has the mechanisms.
const SASLRequired = "sasl-required"

func (a *attempt) saslRequired(f *failure, offered []string) {
	f.code, f.outcome = SASLRequired, "wants SASL first"
	f.text = fmt.Sprintf("%s wants its clients to authenticate.", a.address())
	if len(offered) > 0 {
		f.text += fmt.Sprintf(" It offers %s.", list(offered))
	}
	f.advice = "Say who you are; the password is read from a file, or from KAFKAIO_PASSWORD:"
	if f.fix = a.saslCommand(offered); len(f.fix) == 0 {
		f.advice = "kafkaio can only use PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512: add one of them to sasl.enabled.mechanisms in server.properties."
	}
}

// saslCommand returns the command with the best offered mechanism that --sasl knows, or nothing.
func (a *attempt) saslCommand(offered []string) []string {
	for _, m := range []string{"SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"} {
		if slices.Contains(offered, m) {
			with := []Flag{{"sasl", strings.ToLower(m)}}
			if a.options.SASL == nil {
				with = append(with, Flag{"user", "NAME"}, Flag{"password-file", "FILE"})
			}
			return []string{a.command(nil, with...)}
		}
	}
	return nil
}
