//go:build !wasm

package kafkaio_test

import (
	"bytes"
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// password is Alice's.
const password = "open sesame 42"

// An eavesdropper records what a Trace and a debug log show.
type eavesdropper struct {
	log    bytes.Buffer
	shown  bytes.Buffer
	frames []string
}

func (e *eavesdropper) trace() *core.Trace {
	log := core.NewDebugTrace(&e.log, "", 2)
	return &core.Trace{
		Frame: func(f core.FrameInfo) {
			direction := "<"
			if f.Out {
				direction = ">"
			}
			e.frames = append(e.frames, fmt.Sprintf("%s %d", direction, f.APIKey))
			log.Frame(f)
		},
		Bytes: func(out bool, p []byte) {
			e.shown.Write(p)
			log.Bytes(out, p)
		},
	}
}

// wantUnheard checks that none of the secrets was shown.
func (e *eavesdropper) wantUnheard(t *testing.T, secrets ...[]byte) {
	t.Helper()
	var dumped []byte
	for _, row := range regexp.MustCompile(`(?m)^[<>] [0-9a-f]{8}  (.{49})`).FindAllStringSubmatch(e.log.String(), -1) {
		p, err := hex.DecodeString(strings.ReplaceAll(row[1], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		dumped = append(dumped, p...)
	}
	if !bytes.Equal(dumped, e.shown.Bytes()) || len(dumped) == 0 {
		t.Errorf("%d bytes were shown, %d logged", e.shown.Len(), len(dumped))
	}
	for _, secret := range secrets {
		if bytes.Contains(dumped, secret) || bytes.Contains(e.log.Bytes(), secret) {
			t.Errorf("%q was heard", secret)
		}
	}
}

// A client authenticates with Apache Kafka in every way that sends credentials, and none is shown.
func TestNoCredentialsOfKafkaAreShown(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const module = "org.apache.kafka.common.security."
	const protocol = "SASL_PLAINTEXT"
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Protocols: []string{protocol}, Properties: map[string]string{
		"sasl.enabled.mechanisms":                                     "PLAIN,SCRAM-SHA-256",
		"listener.name.sasl_plaintext.plain.sasl.jaas.config":         module + `plain.PlainLoginModule required user_alice="` + password + `";`,
		"listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": module + `scram.ScramLoginModule required;`,
	}})

	t.Run("AlterUserScramCredentials", func(t *testing.T) {
		const iterations = 4096
		salt := []byte("a pinch of salt.")
		salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
		if err != nil {
			t.Fatal(err)
		}
		var e eavesdropper
		d := &kafkaio.Dialer{Trace: e.trace(), Timeout: 20 * time.Second}
		c, err := d.Dial(ctx, cluster.Bootstrap()[0])
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		r := requester{t: t, ctx: ctx, conn: c}
		alter := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
		alter.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{{
			Name: "alice", Mechanism: 1, Iterations: iterations, Salt: salt, SaltedPassword: salted,
		}}
		for _, result := range r.request(alter).(*kmsg.AlterUserSCRAMCredentialsResponse).Results {
			if result.ErrorCode != 0 {
				t.Fatal(*result.ErrorMessage)
			}
		}
		// It is in force a moment after it was acknowledged.
		describe := kmsg.NewPtrDescribeUserSCRAMCredentialsRequest()
		for known := false; !known; time.Sleep(10 * time.Millisecond) {
			known = len(r.request(describe).(*kmsg.DescribeUserSCRAMCredentialsResponse).Results) > 0
		}
		if want := []string{"> 51", "< 51", "> 50", "< 50"}; !slices.Equal(e.frames[:4], want) {
			t.Errorf("told of %v, want %v", e.frames[:4], want)
		}
		e.wantUnheard(t, salt, salted)
	})

	plainly := plain.Auth{User: "alice", Pass: password}.AsMechanism()
	scrammed := scram.Auth{User: "alice", Pass: password}.AsSha256Mechanism()
	for _, test := range []struct {
		mechanism sasl.Mechanism
		version   int16 // of SaslHandshake: 0 has tokens pass without a header
		want      []string
	}{
		{plainly, 0, []string{"> 17", "< 17", "> -1", "< -1", "> -1", "< 3", "> 3", "< 3"}},
		{plainly, 1, []string{"> 17", "< 17", "> 36", "< 36", "> 3", "< 3", "> 3", "< 3"}},
		{scrammed, 0, []string{"> 17", "< 17", "> -1", "< -1", "> -1", "< -1", "> -1", "< 3", "> 3", "< 3"}},
		{scrammed, 1, []string{"> 17", "< 17", "> 36", "< 36", "> 36", "< 36", "> 3", "< 3", "> 3", "< 3"}},
	} {
		t.Run(fmt.Sprintf("%s/SaslHandshake%d", test.mechanism.Name(), test.version), func(t *testing.T) {
			var e eavesdropper
			d := &kafkaio.Dialer{Trace: e.trace(), Timeout: 20 * time.Second}
			c, err := d.Dial(ctx, cluster.BootstrapOf(protocol)[0])
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			r := requester{t: t, ctx: ctx, conn: c}
			handshake := kmsg.NewPtrSASLHandshakeRequest()
			handshake.Mechanism, handshake.Version = test.mechanism.Name(), test.version
			r.request(handshake)
			secrets := r.authenticate(test.mechanism, test.version > 0)
			for range 2 {
				r.request(kmsg.NewPtrMetadataRequest())
			}
			if !slices.Equal(e.frames, test.want) {
				t.Errorf("told of %v, want %v", e.frames, test.want)
			}
			e.wantUnheard(t, append(secrets, []byte(password))...)
		})
	}
}

// A requester sends requests and waits for each response.
type requester struct {
	t    *testing.T
	ctx  context.Context
	conn *kafkaio.Conn
	id   int32
}

func (r *requester) request(request kmsg.Request) kmsg.Response {
	r.t.Helper()
	r.id++
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID("eve")).AppendRequest(nil, request, r.id)
	payload := r.exchange(frame[4:])
	if id := int32(binary.BigEndian.Uint32(payload)); id != r.id {
		r.t.Fatalf("the response to %d is of %d", r.id, id)
	}
	payload = payload[4:]
	if request.IsFlexible() {
		payload = payload[1:] // no tagged fields in the header
	}
	response := request.ResponseKind()
	if err := response.ReadFrom(payload); err != nil {
		r.t.Fatal(err)
	}
	return response
}

// exchange sends a frame and returns the next one received. It accepts an empty frame, which ReadFrame
// does not.
func (r *requester) exchange(payload []byte) []byte {
	r.t.Helper()
	if err := r.conn.WriteFrame(r.ctx, payload); err != nil {
		r.t.Fatal(err)
	}
	length, err := r.conn.Receive(r.ctx, 4)
	if err != nil {
		r.t.Fatal(err)
	}
	n := int(binary.BigEndian.Uint32(length))
	if n == 0 {
		return nil
	}
	p, err := r.conn.Receive(r.ctx, n)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// authenticate returns what passed.
func (r *requester) authenticate(m sasl.Mechanism, headers bool) (secrets [][]byte) {
	r.t.Helper()
	session, token, err := m.Authenticate(r.ctx, "")
	for done := false; err == nil && (!done || len(token) > 0); {
		secrets = append(secrets, token)
		var answer []byte
		if headers {
			request := kmsg.NewPtrSASLAuthenticateRequest()
			request.SASLAuthBytes = token
			response := r.request(request).(*kmsg.SASLAuthenticateResponse)
			if response.ErrorCode != 0 {
				r.t.Fatalf("not authenticated: %s", *response.ErrorMessage)
			}
			answer = response.SASLAuthBytes
		} else {
			answer = r.exchange(token)
		}
		if len(answer) > 0 {
			secrets = append(secrets, answer)
		}
		done, token, err = session.Challenge(answer)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return secrets
}
