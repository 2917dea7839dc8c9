package ping

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// explainDial says why there is no connection. resolving is the error of the lookup, nil if that found an
// address.
func (a *attempt) explainDial(err, resolving error) *failure {
	if a.throughBridge != nil {
		if f := a.explainBridge(err); f != nil {
			return f
		}
	}
	f := &failure{step: Connect, reason: reason(err)}
	if resolving != nil {
		f.step = Resolve
	}
	dns, ofName := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, kafkaio.ErrIncompatibleIPVersion):
		a.explainIPVersion(f)
	case ofName && dns.IsNotFound:
		f.code, f.outcome = "name-unknown", "no such name"
		f.text = a.seen(fmt.Sprintf("there is no host named %s.", a.host)) + nameHint(a.host)
		f.advice = "Check the spelling. If the name is right, use it where it is known, add it to DNS or to the hosts file, or use the broker's address instead."
	case f.step == Resolve && isTimeout(err):
		f.code, f.outcome = "resolve-timeout", "name not resolved"
		f.text = fmt.Sprintf("The name %s was not resolved within %v.", a.host, a.timeout)
		f.advice = "The name servers of this machine do not answer: check its network, a VPN, and resolv.conf; or use the broker's address instead of its name."
	case f.step == Resolve:
		f.code, f.outcome = "resolve-failed", "name not resolved"
		f.text = fmt.Sprintf("The name %s could not be resolved: %s.", a.host, f.reason)
		if ofName {
			f.text = fmt.Sprintf("The name %s could not be resolved: %s.", a.host, clean(dns.Err, mostText))
		}
		f.advice = "Check the network of this machine and its name servers, or use the broker's address instead of its name."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.code, f.outcome = "refused", "refused"
		f.text = a.seen(fmt.Sprintf("nothing listens at %s: the connection was refused.", a.address()))
		f.advice = fmt.Sprintf("Is Kafka running, and is %d the port of one of its listeners in server.properties? Where it runs in a container, the port has to be published:", a.port)
		f.fix = []string{fmt.Sprintf("docker run -p %d:%[1]d ...", a.port)}
	case isTimeout(err):
		f.code, f.outcome = "connect-timeout", "no answer"
		f.text = a.seen(fmt.Sprintf("%s does not answer: there was no connection within %v.", a.address(), a.timeout))
		f.advice = fmt.Sprintf("A firewall or a security group that drops packets does this: have it let TCP port %d through. So does a machine that is down, or in a network that can't be reached. If the network is just slow, give it time: --timeout 10s.", a.port)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		f.code, f.outcome = "no-route", "no route"
		f.text = a.seen(fmt.Sprintf("there is no route to %s.", a.address()))
		f.advice = "The address is in a network that can't be reached: is a VPN needed, or an address of the other IP version?"
	default:
		f.code, f.outcome = "connect-failed", "not connected"
		f.text = fmt.Sprintf("There is no connection to %s: %s.", a.address(), f.reason)
		f.advice = "Check the address, and firewalls and proxies in between."
	}
	return f
}

// seen begins a sentence with what, which the bridge has seen if there is one.
func (a *attempt) seen(what string) string {
	if a.throughBridge != nil {
		return "Seen from the bridge, " + what
	}
	return strings.ToUpper(what[:1]) + what[1:]
}

func (a *attempt) explainIPVersion(f *failure) {
	wanted, other := kafkaio.IPv4, kafkaio.IPv6
	if a.options.IPVersion == kafkaio.IPv6 {
		wanted, other = other, wanted
	}
	f.code, f.outcome = "ip-version", fmt.Sprintf("no IPv%d address", wanted)
	f.text = fmt.Sprintf("%s has no IPv%d address.", a.host, wanted)
	f.advice = fmt.Sprintf("Leave out -%d, or use -%d.", wanted, other)
}

// explainBridge says what is wrong with the bridge. It returns nil if the bridge isn't the cause.
func (a *attempt) explainBridge(err error) *failure {
	f := &failure{step: Bridge, reason: strings.TrimPrefix(reason(err), "bridge "+a.report.Bridge+": ")}
	closed, answered := errors.AsType[*tunnel.CloseError](err)
	if !answered {
		a.explainNoBridge(f, err)
		return f
	}
	switch {
	case closed.Code == tunnel.CodeUnauthorized:
		f.code, f.outcome = "bridge-token", "token refused"
		if a.options.Token == nil {
			f.text = "The bridge wants a token, and was given none."
		} else {
			f.text = "The bridge did not accept the token."
		}
		f.advice = "kafkaio explore and kafkaio demo print it in their link, after #token=, another in each run. For a kafkaio bridge, kafkaio bridge token makes one. Give it in KAFKAIO_BRIDGE_TOKEN, or in a file:"
		f.fix = []string{a.command(nil, Flag{"token-file", "FILE"})}
	case closed.Code == tunnel.CodeDenied && closed.ReasonIs(tunnel.ReasonHost):
		f.code, f.outcome = "bridge-name", "denied by the bridge"
		f.text = fmt.Sprintf("The bridge %s is not to be reached under that name.", a.report.Bridge)
		f.advice = "It answers to localhost, and to the names in hosts of the file of kafkaio bridge (Config.Hosts in Go): use one of them, or add this one."
	case closed.Code == tunnel.CodeDenied && closed.ReasonIs(tunnel.ReasonSpecial):
		f.code, f.outcome = "bridge-unlisted", "not listed with the bridge"
		f.text = fmt.Sprintf("%s is on the bridge's own machine, where it dials only the addresses and ports that it was given.", a.address())
		f.advice = listInFile + " Start kafkaio explore with all of them, this one among them:"
		f.fix = []string{exploreCommand("HOST:PORT", a.address())}
	case closed.Code == tunnel.CodeDenied:
		f.code, f.outcome = "bridge-denied", "denied by the bridge"
		said := strings.TrimPrefix(closed.Reason, tunnel.ReasonDenied+": ")
		f.text = fmt.Sprintf("The bridge denies the connection to %s: %s.", a.address(), clean(said, mostText))
		f.advice = "The operator of a kafkaio bridge changes in its file what the reason names: an address that is missing belongs in clusters[].brokers. Start kafkaio explore with the address, just as clients write it:"
		f.fix = []string{exploreCommand(a.address())}
	case closed.Code == tunnel.CodeUnreachable, closed.Code == tunnel.CodeTimeout, closed.Code == tunnel.CodeIPVersion:
		return nil
	case closed.Code == tunnel.CodeAbnormal:
		f.code, f.outcome = "bridge-broke", "connection broke"
		f.text = fmt.Sprintf("The connection to the bridge %s broke.", a.report.Bridge)
		f.advice = "Is there a proxy in between that does not pass WebSockets on?"
	default:
		f.code, f.outcome = "bridge-refuses", "refused"
		f.text = fmt.Sprintf("The bridge refused: %s.", clean(closed.Error(), mostText))
		f.advice = "Its log may say more."
	}
	return f
}

// explainNoBridge says why no bridge answers at the URL.
func (a *attempt) explainNoBridge(f *failure, err error) {
	bridge := a.report.Bridge
	dns, ofName := errors.AsType[*net.DNSError](err)
	_, ofCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, isPlain := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case ofName && dns.IsNotFound:
		f.code, f.outcome = "bridge-name-unknown", "no such name"
		f.text = fmt.Sprintf("The bridge %s can't be reached: there is no host named %s.", bridge, clean(dns.Name, mostName))
		f.advice = "Check the spelling. " + bridgeForm
	case isTimeout(err):
		f.code, f.outcome = "bridge-timeout", "no answer"
		f.text = fmt.Sprintf("The bridge %s does not answer in time.", bridge)
		f.advice = "Check its address, and firewalls in between. If the network is just slow, give it time: --timeout 10s."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.code, f.outcome = "bridge-refused", "refused"
		f.text = fmt.Sprintf("Nothing listens at %s, where the bridge should be.", bridge)
		f.advice = "Is the bridge running, and is this its port? kafkaio explore starts one."
	case isPlain, errors.Is(err, http.ErrSchemeMismatch):
		f.code, f.outcome = "bridge-without-tls", "no TLS here"
		f.text = fmt.Sprintf("What listens at %s does not speak TLS, which wss:// asks for.", bridge)
		f.advice = "A bridge without TLS is reached with ws://, as the one of kafkaio explore:"
		f.fix = []string{a.command(nil, Flag{"bridge", "ws" + strings.TrimPrefix(bridge, "wss")})}
	case ofCertificate:
		f.code, f.outcome = "bridge-certificate", "certificate not trusted"
		f.text = fmt.Sprintf("The certificate of the bridge %s does not pass: %s.", bridge, f.reason)
		f.advice = "If it is from an authority of your own, name a file with that authority's certificate, in PEM, in SSL_CERT_FILE. Otherwise use a name that is in the certificate."
	default:
		f.code, f.outcome = "bridge-unreachable", "not reached"
		f.text = fmt.Sprintf("The bridge %s can't be reached: %s.", bridge, f.reason)
		f.advice = "Is there a bridge? " + bridgeForm
	}
}

// listInFile is for brokers on the machine of a bridge, which it doesn't list.
const listInFile = "The operator of a kafkaio bridge adds every broker of its machine to clusters[].brokers in its file."

const bridgeForm = "A bridge's URL is of the form ws://HOST:8642/kafka, or wss:// where it is behind TLS."

// exploreCommand returns the command that starts a bridge and the page for these brokers.
func exploreCommand(brokers ...string) string {
	return Command("explore", strings.Join(brokers, ","), nil, nil)
}
