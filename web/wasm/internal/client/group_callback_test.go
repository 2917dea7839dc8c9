//go:build !js

package client

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestACallbackThatTakesLongKeepsItsMembership(t *testing.T) {
	w := newGroupWorld(t, 2)
	revoking, release := make(chan struct{}, 64), make(chan struct{})
	first := w.join(t, nil, &memberPage{answer: func(_ context.Context, told string) error {
		if strings.HasPrefix(told, "revoked") {
			revoking <- struct{}{}
			<-release
		}
		return nil
	}})
	w.expect(t, first, "assigned 0 1")
	second := w.join(t, nil, &memberPage{})
	<-revoking
	beats := make(chan struct{}, 64)
	w.cluster.ControlKey(int16(kmsg.Heartbeat), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		beats <- struct{}{}
		return nil, nil, false
	})
	for range 4 { // of two members
		<-beats
	}
	select {
	case told := <-second.told:
		t.Errorf("while the callback runs, the other member is told %q", told)
	default:
	}
	close(release)
	partition := strings.TrimPrefix(<-first.told, "revoked ")
	w.expect(t, second, "assigned "+partition)
}

func TestACallbackThatThrowsEndsTheReading(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{answer: func(_ context.Context, told string) error {
		if told == "assigned 0" {
			return errors.New("thrown")
		}
		return nil
	}})
	w.expect(t, m, "assigned 0")
	if e, _ := m.ended(w.ctx, t); e == nil || e.Code != port.CodeCallback || e.Question == 0 {
		t.Errorf("it ended with %+v", e)
	}
	w.expect(t, m, "revoked 0")
	throws := w.join(t, nil, &memberPage{
		answer: func(_ context.Context, told string) error {
			if told == "revoked 0" {
				return errors.New("thrown")
			}
			return nil
		},
		finished: func() []any { return []any{w.at(0, 3)} },
	})
	w.expect(t, throws, "assigned 0")
	throws.Cancel()
	if _, leaving := throws.ended(w.ctx, t); leaving == nil || leaving.Code != port.CodeCallback {
		t.Errorf("when it left, failed: %v", leaving)
	}
	if got := w.committed(t, 0); got != 3 {
		t.Errorf("the group has committed %d", got)
	}
}

func TestACallbackThatNeverSettlesDoesntKeepTheClientOpen(t *testing.T) {
	for _, callback := range []string{"assigned 0", "revoked 0"} {
		t.Run(callback, func(t *testing.T) {
			w := newGroupWorld(t, 1)
			m := w.join(t, nil, &memberPage{
				answer: func(ctx context.Context, told string) error {
					if told == callback {
						<-ctx.Done()
					}
					return nil
				},
			})
			w.expect(t, m, "assigned 0")
			began := time.Now()
			w.connection.Cancel()
			if _, err := w.connection.Result(w.ctx); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("closing took %v", took)
			}
		})
	}
}
