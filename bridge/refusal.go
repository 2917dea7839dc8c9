package bridge

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func denied(format string, args ...any) *tunnel.CloseError {
	return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: tunnel.ReasonDenied + ": " + fmt.Sprintf(format, args...)}
}

// dialRefusal turns a failed dial into a code, and a reason whose first word is for programs.
func dialRefusal(name, step string, err error) *tunnel.CloseError {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonNoSuchName + ": the bridge finds no address of " + name}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &tunnel.CloseError{Code: tunnel.CodeTimeout, Reason: "timeout: the bridge could not " + step + " in time"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonRefused + ": nothing listens at " + name}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: tunnel.ReasonUnreachable + ": the bridge has no route to " + name}
	}
	return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: fmt.Sprintf("failed: the bridge could not %s: %s", step, causeText(err))}
}

// causeText returns an error's text for a reason. The error may come from Config.Dial or a broker, and
// hold anything.
func causeText(err error) string {
	const most = 300 // bytes
	text := err.Error()
	if len(text) > most {
		cut := most
		for cut > most-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "..."
	}
	return printable.Text(strings.TrimSpace(text))
}
