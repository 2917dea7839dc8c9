package suite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

// A peer takes a request, answers it up to some byte, and then closes, resets or says no more. At
// whichever byte that is, the error is the right one, and comes in time.
func faultAtEveryByte(t *testing.T, s Setup) {
	const limit = 100 * time.Millisecond
	const request = 16
	answer := append(binary.BigEndian.AppendUint32(nil, 8), "response"...)
	for _, fault := range []struct {
		name, step string
		cause      error
	}{
		{"Close", "", io.EOF},
		{"Reset", "; reset", syscall.ECONNRESET},
		{"Stall", "; hold", os.ErrDeadlineExceeded},
	} {
		t.Run(fault.name, func(t *testing.T) {
			d := s.dialer()
			if fault.cause == os.ErrDeadlineExceeded {
				d.IOTimeout = limit
			}
			for at := range answer {
				step := fault.step
				if at > 0 {
					step = "; " + hexStep(string(answer[:at])) + step
				}
				c := s.dialWith(t, d, fmt.Sprintf("recv %d%s", request, step))
				if _, err := c.Send(t.Context(), pattern.At(0, request)); err != nil {
					t.Fatal(err)
				}
				started := time.Now()
				_, err := c.ReadFrame(t.Context(), nil)
				took := time.Since(started)
				e, ok := errors.AsType[*kafkaio.Error](err)
				if !ok {
					t.Fatalf("byte %d: got %T %v", at, err, err)
				}
				wantFault(t, e, fault.cause, at)
				if fault.cause == os.ErrDeadlineExceeded {
					wantTimeout(t, err, limit, took)
				}
				wantClosed(t, c)
				c.Close()
			}
		})
	}
}

// wantFault checks the error of a receive that a fault ended after so many bytes. A reset may
// overtake bytes that came before it.
func wantFault(t *testing.T, e *kafkaio.Error, cause error, at int) {
	t.Helper()
	reset := cause == syscall.ECONNRESET
	if e.Done > at || e.Done < at && !reset {
		t.Errorf("%v: %d bytes were received, %d were sent", e, e.Done, at)
	}
	code := kafkaio.ErrCannotReceive
	if e.Done == 0 && cause != os.ErrDeadlineExceeded {
		code = kafkaio.ErrNoConnection
	}
	if e.Done > 0 && cause == io.EOF {
		cause = io.ErrUnexpectedEOF
	}
	wantError(t, e, code, cause)
}
