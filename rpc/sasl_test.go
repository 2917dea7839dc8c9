package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

var saslVersions = map[kmsg.Key]int16{kmsg.SASLHandshake: 1, kmsg.SASLAuthenticate: 2, kmsg.Metadata: 9}

// A steps mechanism sends these messages one after the other, and is then done.
type steps struct {
	messages []string
	ends     error // instead of being done
	host     string
	heard    []string
}

func (s *steps) Name() string { return "STEPS" }

func (s *steps) Authenticate(_ context.Context, host string) (sasl.Session, []byte, error) {
	s.host = host
	if len(s.messages) == 0 {
		return s, nil, s.ends
	}
	return s, s.next(), nil
}

func (s *steps) next() []byte {
	message := s.messages[0]
	s.messages = s.messages[1:]
	return []byte(message)
}

func (s *steps) Challenge(challenge []byte) (bool, []byte, error) {
	s.heard = append(s.heard, string(challenge))
	if len(s.messages) == 0 {
		return s.ends == nil, nil, s.ends
	}
	return false, s.next(), nil
}

// answerSASL answers a token with "re " and itself, and with a lifetime.
func answerSASL(lifetimeMillis int64) func(r received) any {
	return func(r received) any {
		resp := r.request.ResponseKind()
		switch resp := resp.(type) {
		case *kmsg.SASLAuthenticateResponse:
			resp.SASLAuthBytes = append([]byte("re "), r.request.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes...)
			resp.SessionLifetimeMillis = lifetimeMillis
		case *kmsg.MetadataResponse:
			return metadata(r)
		}
		return resp
	}
}

func TestAuthenticate(t *testing.T) {
	for millis, want := range map[int64]time.Duration{0: 0, 1500: 1500 * time.Millisecond, -5: 0, 1 << 62: (1<<63 - 1) / time.Millisecond * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			b, p := newScriptedBroker(t, saslVersions, answerSASL(millis))
			m := &steps{messages: []string{"one", "two"}}
			lifetime, err := rpc.Authenticate(ctx, p, m)
			if err != nil || lifetime != want {
				t.Fatalf("%v, %v", lifetime, err)
			}
			if m.host != "broker:9092" || fmt.Sprint(m.heard) != "[re one re two]" {
				t.Errorf("the mechanism heard %q of %s", m.heard, m.host)
			}
			var got []string
			for _, r := range b.got() {
				switch req := r.request.(type) {
				case *kmsg.SASLHandshakeRequest:
					got = append(got, fmt.Sprint(req.Version, req.Mechanism))
				case *kmsg.SASLAuthenticateRequest:
					got = append(got, fmt.Sprint(req.Version, string(req.SASLAuthBytes)))
				}
			}
			if fmt.Sprint(got) != "[1STEPS 2one 2two]" {
				t.Errorf("the broker got %q", got)
			}
		})
	}
}

func TestAuthenticationThatIsRefused(t *testing.T) {
	message := "Authentication failed: invalid username or password"
	refuses := func(r received) any {
		switch resp := r.request.ResponseKind().(type) {
		case *kmsg.SASLAuthenticateResponse:
			resp.ErrorCode, resp.ErrorMessage = kerr.SaslAuthenticationFailed.Code, &message
			return resp
		default:
			return resp
		}
	}
	hasOthers := func(r received) any {
		resp := r.request.ResponseKind().(*kmsg.SASLHandshakeResponse)
		resp.ErrorCode, resp.SupportedMechanisms = kerr.UnsupportedSaslMechanism.Code, []string{"PLAIN", "SCRAM-SHA-256"}
		return resp
	}
	impostor := errors.New("the server doesn't know the password either")
	for _, row := range []struct {
		name      string
		answer    func(r received) any
		mechanism *steps
		cause     error
		says      string
	}{
		{"by the broker", refuses, &steps{messages: []string{"secret"}}, kerr.SaslAuthenticationFailed, "kafkaio: SASL STEPS with broker:9092: " + message + ": SASL_AUTHENTICATION_FAILED"},
		{"as a mechanism that the broker hasn't", hasOthers, &steps{messages: []string{"secret"}}, kerr.UnsupportedSaslMechanism, "kafkaio: SASL STEPS with broker:9092: the broker has PLAIN, SCRAM-SHA-256: UNSUPPORTED_SASL_MECHANISM"},
		{"by the mechanism, at the end", answerSASL(0), &steps{messages: []string{"secret"}, ends: impostor}, impostor, "kafkaio: SASL STEPS with broker:9092: the server doesn't know"},
		{"by the mechanism, at once", answerSASL(0), &steps{ends: impostor}, impostor, "kafkaio: SASL STEPS with broker:9092: the server doesn't know"},
		{"since the server would have to begin", answerSASL(0), &steps{}, nil, "kafkaio: SASL STEPS with broker:9092: the mechanism wants the server to begin"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, p := newScriptedBroker(t, saslVersions, row.answer)
				_, err := rpc.Authenticate(ctx, p, row.mechanism)
				var e *rpc.SASLError
				if !errors.As(err, &e) || row.cause != nil && !errors.Is(err, row.cause) {
					t.Fatalf("%#v", err)
				}
				if !strings.HasPrefix(err.Error(), row.says) || strings.Contains(err.Error(), "secret") {
					t.Errorf("got  %v\nwant %v…", err, row.says)
				}
			})
		})
	}
}

func TestBrokerWithoutSaslAuthenticateGetsNoToken(t *testing.T) {
	for name, versions := range map[string]map[kmsg.Key]int16{
		"handshake version 0 only": {kmsg.SASLHandshake: 0},
		"no handshake":             {kmsg.Metadata: 9},
	} {
		synctest.Test(t, func(t *testing.T) {
			b, p := newScriptedBroker(t, versions, answerSASL(0))
			_, err := rpc.Authenticate(ctx, p, &steps{messages: []string{"secret"}})
			var e *rpc.VersionError
			if !errors.As(err, &e) || e.Key != kmsg.SASLHandshake.Int16() || len(b.got()) > 0 {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// No request may come between those of a SASL exchange: a broker closes the connection then.
func TestNothingIsSentWithinAnAuthentication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, saslVersions, func(r received) any {
			time.Sleep(time.Second)
			return answerSASL(0)(r)
		})
		results := make(chan error)
		ask := func() {
			_, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
			results <- err
		}
		for range 3 {
			go ask()
		}
		time.Sleep(time.Millisecond)
		go func() {
			_, err := rpc.Authenticate(ctx, p, &steps{messages: []string{"one", "two"}})
			results <- err
		}()
		time.Sleep(time.Millisecond)
		leaves, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := rpc.Do(leaves, p, kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrCannotSend) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a request that waits for an authentication: %v", err)
		}
		if _, err := rpc.Authenticate(leaves, p, &steps{messages: []string{"one"}}); !errors.Is(err, core.ErrCannotSend) {
			t.Errorf("an authentication that waits for another: %v", err)
		}
		for range 3 {
			go ask()
		}
		for range 7 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		var got []string
		for _, r := range b.got() {
			got = append(got, rpc.APIName(r.request.Key()))
		}
		if want := "[Metadata Metadata Metadata SaslHandshake SaslAuthenticate SaslAuthenticate Metadata Metadata Metadata]"; fmt.Sprint(got) != want {
			t.Errorf("the broker got\n%v, want\n%v", got, want)
		}
	})
}
