package ping

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// explainTLS says why the TLS handshake failed.
func (a *attempt) explainTLS(ctx context.Context, err error) *failure {
	f := &failure{step: TLS, code: "tls-failed", outcome: "TLS fails", reason: reason(err)}
	e, judged := errors.AsType[*brokertls.Error](err)
	if !judged { // the step's time ran out
		a.notTLS(ctx, f, err)
		return f
	}
	f.reason = reason(e.Err)
	switch e.Reason {
	case brokertls.UnknownAuthority:
		a.unknownAuthority(f, e.Certificate)
	case brokertls.WrongName:
		a.wrongName(f, e)
	case brokertls.Expired, brokertls.NotYetValid:
		expired(f, e)
	case brokertls.ClientAuth:
		a.explainClientCertificate(f, e)
	case brokertls.HTTPServer:
		a.explainHTTP(f)
	case brokertls.NotTLS, brokertls.Closed:
		a.notTLS(ctx, f, err)
	default:
		f.text = fmt.Sprintf("TLS with %s fails: %s.", a.address(), f.reason)
		f.advice = "The log of the broker may say more."
	}
	return f
}

func (a *attempt) unknownAuthority(f *failure, c *x509.Certificate) {
	f.code, f.outcome = "certificate-unknown-ca", "unknown CA"
	f.text = fmt.Sprintf("The certificate of %s is from an authority that is not trusted here", a.address())
	f.advice = "Give the certificate of the authority that signed the brokers' certificates, in PEM:"
	switch {
	case c == nil || c.Issuer.String() == "":
		f.text += "."
	case c.Issuer.String() == c.Subject.String():
		f.text = fmt.Sprintf("The certificate of %s is signed by itself, and not trusted here.", a.address())
		f.advice = "If you know that it is the right one, have it trusted: give that certificate itself, in PEM:"
	default:
		f.text += fmt.Sprintf(": %q.", clean(c.Issuer.String(), mostName))
	}
	for _, flag := range a.options.Flags {
		if flag.Name == "ca" {
			f.text += fmt.Sprintf(" %s has another certificate.", quoted(flag.Value))
		}
	}
	f.fix = []string{a.command(nil, Flag{"tls", ""}, Flag{"ca", "ca.pem"})}
}

func (a *attempt) wrongName(f *failure, e *brokertls.Error) {
	f.code, f.outcome = "certificate-wrong-name", "wrong name"
	var names []string
	for _, name := range e.Certificate.DNSNames {
		names = append(names, clean(name, mostName))
	}
	for _, ip := range e.Certificate.IPAddresses {
		names = append(names, ip.String())
	}
	f.text = fmt.Sprintf("The certificate of %s is not for %s", a.address(), clean(e.ServerName, mostName))
	if len(names) == 0 {
		f.text += ", nor for any other name: it has no subject alternative names."
		f.advice = "The broker needs a certificate that names it."
		return
	}
	f.text += fmt.Sprintf(": it is for %s.", list(names))
	f.advice = "Use a name that is in the certificate, get a certificate that has this one, or say which name is the right one:"
	f.fix = []string{a.command(nil, Flag{"server-name", strings.TrimPrefix(names[0], "*.")})}
}

func expired(f *failure, e *brokertls.Error) {
	if e.Reason == brokertls.NotYetValid {
		f.code, f.outcome = "certificate-not-yet-valid", "not yet valid"
		f.text = fmt.Sprintf("The broker's certificate is not valid yet: it begins on %s.", e.Certificate.NotBefore.Format(time.DateOnly))
	} else {
		f.code, f.outcome = "certificate-expired", "expired"
		f.text = fmt.Sprintf("The broker's certificate expired on %s.", e.Certificate.NotAfter.Format(time.DateOnly))
	}
	f.advice = "The broker needs a new certificate, unless the clock of this machine is wrong."
}

func (a *attempt) explainClientCertificate(f *failure, e *brokertls.Error) {
	switch e.ClientCertificate {
	case brokertls.ClientCertificateGiven:
		f.code, f.outcome = "client-certificate-refused", "certificate refused"
		f.text = fmt.Sprintf("%s did not accept the certificate of the client: %s.", a.address(), f.reason)
		f.advice = "Is it valid, and from an authority in the broker's ssl.truststore? The log of the broker says more."
		return
	case brokertls.ClientCertificateUnsuitable:
		f.code, f.outcome = "client-certificate-unsuitable", "wants another certificate"
		f.text = fmt.Sprintf("%s wants a certificate of the client, but the one of --cert will not do: %s.", a.address(), clean(e.Unsuitable.Error(), mostText))
	default:
		f.code, f.outcome = "client-certificate-required", "wants a client certificate"
		f.text = fmt.Sprintf("%s wants a certificate of the client, and was given none.", a.address())
	}
	f.advice = "The broker has ssl.client.auth=required. Give a certificate from an authority that it trusts, and its key, both in PEM:"
	f.fix = []string{a.command(nil, Flag{"cert", "client.pem"}, Flag{"key", "client.key"})}
}

// notTLS says what answers instead of TLS. It asks a plaintext listener to show itself.
func (a *attempt) notTLS(ctx context.Context, f *failure, err error) {
	switch {
	case !a.probe && a.speaksPlaintext(ctx):
		f.code, f.outcome = "plaintext-port", "no TLS here"
		f.text = fmt.Sprintf("%s is a plaintext listener: it does not speak TLS.", a.address())
		f.advice = "Use the port of a listener with TLS, or leave out --tls:"
		f.fix = a.fixWithout(tlsFlags)
	case isTimeout(err):
		f.code, f.outcome = "tls-timeout", "no answer"
		f.text = fmt.Sprintf("%s accepts connections, but does not answer to TLS: there was no answer within %v.", a.address(), a.timeout)
		f.advice = "Is it the port of a listener with TLS? If the broker is just busy, give it time: --timeout 10s."
	default:
		f.code, f.outcome = "not-tls", "no TLS"
		f.text = fmt.Sprintf("What listens at %s speaks neither TLS nor Kafka's protocol.", a.address())
		f.advice = "Check the port: is it that of another program?"
	}
}
