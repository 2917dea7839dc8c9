package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/internal/tunnel"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// The codes of errors that aren't Kafka's own. web/src/errors.ts says what each means.
const (
	codeMismatchArgument  = port.CodeMismatchArgument
	codeClosed            = port.CodeClosed
	codeUnauthorized      = "ERR_UNAUTHORIZED"
	codeDenied            = "ERR_DENIED"
	codeLimit             = "ERR_LIMIT"
	codeBridgeUnreachable = "ERR_BRIDGE_UNREACHABLE"
	codeBrokerUnreachable = "ERR_BROKER_UNREACHABLE"
	codeTimeout           = "ERR_TIMEOUT"
	codeReadOnly          = "ERR_READ_ONLY"
	codeToken             = "ERR_TOKEN"
	codeNotLoaded         = "ERR_NOT_LOADED"
	codeUnknown           = "ERR_UNKNOWN"
)

// contractCodes are those of package core, under the names that the page's types have.
var contractCodes = map[kafkaio.Code]string{
	kafkaio.ErrMismatchArgument:      codeMismatchArgument,
	kafkaio.ErrCannotSend:            "ERR_CANNOT_SEND",
	kafkaio.ErrCannotReceive:         "ERR_CANNOT_RECEIVE",
	kafkaio.ErrCannotBind:            "ERR_CANNOT_BIND",
	kafkaio.ErrMismatchCorrelationID: "ERR_MISMATCH_CORRELATION_ID",
	kafkaio.ErrIncompatibleIPVersion: "ERR_INCOMPATIBLE_IP_VERSION",
	kafkaio.ErrNoConnection:          "ERR_NO_CONNECTION",
}

// bridgeCodes are what the bridge's codes mean to a program.
var bridgeCodes = map[tunnel.Code]string{
	tunnel.CodeNormal:       codeBrokerUnreachable,
	tunnel.CodeGoingAway:    codeBridgeUnreachable,
	tunnel.CodeAbnormal:     codeBridgeUnreachable,
	tunnel.CodeMalformed:    codeMismatchArgument,
	tunnel.CodeUnauthorized: codeUnauthorized,
	tunnel.CodeDenied:       codeDenied,
	tunnel.CodeTooLarge:     codeLimit,
	tunnel.CodeIPVersion:    contractCodes[kafkaio.ErrIncompatibleIPVersion],
	tunnel.CodeTooMany:      codeLimit,
	tunnel.CodeUnreachable:  codeBrokerUnreachable,
	tunnel.CodeReset:        codeBrokerUnreachable,
	tunnel.CodeTimeout:      codeTimeout,
}

// retriable are the codes of errors that may go away by themselves. What is too large stays so: see describe.
var retriable = map[string]bool{codeLimit: true, codeBridgeUnreachable: true, codeBrokerUnreachable: true, codeTimeout: true}

// describe returns err as the page gets it.
func describe(err error) *port.Error {
	if e, ok := errors.AsType[*port.Error](err); ok {
		return e
	}
	if of, ok := errors.AsType[*consumer.Error](err); ok {
		e := *describe(of.Err)
		e.Topic, e.Message = of.Topic, of.Subject()+": "+e.Message
		if of.Partition >= 0 {
			e.Partition = &of.Partition
		}
		return &e
	}
	if batch, ok := errors.AsType[*records.TooLargeError](err); ok {
		return &port.Error{Code: codeLimit, Message: fmt.Sprintf(
			"%v: more than %d MiB; consume reads it if its maxBufferedBytes is large enough, or goes on from offset %d",
			batch, consumer.UnpackedLimit>>20, batch.Next)}
	}
	if kafka, ok := errors.AsType[*kerr.Error](err); ok {
		e := &port.Error{Code: kafka.Message, Message: kafka.Description, KafkaCode: kafka.Code, Retriable: kafka.Retriable}
		if isRefusal(err) {
			e.Message = "a broker refused the credentials of sasl: " + printable.Text(err.Error())
		}
		return e
	}
	e := &port.Error{Code: codeOf(err), Message: strings.ReplaceAll(err.Error(), bootstrapSeed, "a bootstrap broker")}
	if saysNoTLS(err) {
		e.Message = tlsNames.Replace(e.Message)
	} else if isSilentInTLS(err) {
		e.Message += "; the broker may be stopped, or this may not be its port for TLS"
	} else if e.Message == io.EOF.Error() { // all that franz-go says of a connection that the broker closed
		e.Message = "a broker closed the connection instead of answering: does its listener want tls, or take no sasl?"
	}
	if contract, ok := errors.AsType[*kafkaio.Error](err); ok {
		e.Errno, e.Broker = int(contract.Code), contract.Addr
	}
	closed, _ := errors.AsType[*tunnel.CloseError](err)
	e.Retriable = retriable[e.Code] && (closed == nil || closed.Code != tunnel.CodeTooLarge)
	return e
}

// codeOf returns the code by which a program decides.
func codeOf(err error) string {
	if closed, ok := errors.AsType[*tunnel.CloseError](err); ok {
		if code := bridgeCodes[closed.Code]; code != "" {
			return code
		}
	}
	contract, isContract := errors.AsType[*kafkaio.Error](err)
	switch {
	case errors.Is(err, consumer.ErrNotAssigned):
		return codeMismatchArgument
	case errors.Is(err, context.Canceled), errors.Is(err, kgo.ErrClientClosed): // whatever it interrupted
		return codeClosed
	case isSilentInTLS(err):
		return codeTimeout
	case isContract && contract.Op == "dial" && contract.Code == kafkaio.ErrCannotBind && !inTLS(err):
		return codeBridgeUnreachable // whose answer would be a CloseError
	case isContract:
		return contractCodes[contract.Code]
	case saysNoTLS(err): // a refused client certificate, of which TLS 1.3 tells after the dial
		return contractCodes[kafkaio.ErrCannotBind]
	case errors.Is(err, net.ErrClosed):
		return codeClosed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, kgo.ErrRecordTimeout):
		return codeTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return codeBrokerUnreachable
	}
	return codeUnknown
}
