package ping

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
)

// mustBeFit checks that a report has printable ASCII only, and not much of it.
func mustBeFit(t *testing.T, r *Report) {
	t.Helper()
	var text bytes.Buffer
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	const most = 256 << 10
	if text.Len() > most {
		t.Errorf("a report of %d bytes", text.Len())
	}
	var values any
	if err := json.Unmarshal(text.Bytes(), &values); err != nil {
		t.Fatal(err)
	}
	var look func(any)
	look = func(v any) {
		switch v := v.(type) {
		case string:
			for i := range len(v) {
				if v[i] < ' ' || v[i] > '~' {
					t.Fatalf("%q", v)
				}
			}
		case []any:
			for _, item := range v {
				look(item)
			}
		case map[string]any:
			for _, item := range v {
				look(item)
			}
		}
	}
	look(values)
}

// talk returns a connection to a broker that answers each request with the next payload, under the request's
// correlation ID, and then hangs up.
func talk(t *testing.T, payloads ...[]byte) net.Conn {
	client, broker := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer broker.Close()
		for _, p := range payloads {
			var length [4]byte
			if _, err := io.ReadFull(broker, length[:]); err != nil {
				return
			}
			request := make([]byte, binary.BigEndian.Uint32(length[:]))
			if _, err := io.ReadFull(broker, request); err != nil {
				return
			}
			answer := binary.BigEndian.AppendUint32(nil, uint32(4+len(p)))
			answer = append(answer, request[4:8]...)
			if _, err := broker.Write(append(answer, p...)); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		client.Close()
		<-done
	})
	return client
}

// listen runs the steps after connecting on c. All other connections are refused.
func listen(t *testing.T, timeout time.Duration, c net.Conn) *Report {
	p := &pinger{timeout: timeout, report: newReport("kafka:9092", "")}
	p.throughBridge = &kafkaio.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) {
		return nil, syscall.ECONNREFUSED
	}}
	a := p.attempt("kafka", 9092)
	a.onStep = p.addStep
	a.conn, a.peeked = c, &peekedConn{Conn: c}
	defer a.leave()
	if !p.explore(t.Context(), a) {
		p.report.Problems = append(p.report.Problems, a.failure.problem())
	}
	p.report.conclude()
	mustBeFit(t, p.report)
	return p.report
}

// versionsAnswer returns an answer to ApiVersions, in version 0, which allows one version of Metadata. The
// client falls back to version 0 after the answer unsupported.
func versionsAnswer(metadata int16) []byte {
	r := kmsg.NewPtrApiVersionsResponse()
	for key, version := range map[kmsg.Key]int16{kmsg.ApiVersions: 0, kmsg.Metadata: metadata} {
		r.ApiKeys = append(r.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key.Int16(), MaxVersion: version})
	}
	return r.AppendTo(nil)
}

// unsupported is the answer to ApiVersions in a version that the broker doesn't have.
var unsupported = []byte{0, 35, 0, 0, 0, 0}

func metadataAnswer(version int16, brokers ...kmsg.MetadataResponseBroker) []byte {
	r := kmsg.NewPtrMetadataResponse()
	r.SetVersion(version)
	r.ClusterID = kmsg.StringPtr("\x1b]0;owned\a")
	r.Brokers = brokers
	return r.AppendTo(nil)
}

func brokerAt(id int32, host string, port int32) kmsg.MetadataResponseBroker {
	return kmsg.MetadataResponseBroker{NodeID: id, Host: host, Port: port}
}

func TestThousandsOfBrokersAreBounded(t *testing.T) {
	var brokers []kmsg.MetadataResponseBroker
	for i := range 5000 {
		brokers = append(brokers, brokerAt(int32(5000-i), fmt.Sprintf("kafka-%d", i), 9092))
	}
	r := listen(t, time.Minute, talk(t, unsupported, versionsAnswer(2), metadataAnswer(2, brokers...)))
	if r.Verdict != BrokersUnreachable || r.Cluster.Brokers != 5000 || len(r.Brokers) != MaxBrokers {
		t.Errorf("%s: %d brokers, of which %d are shown", r.Verdict, r.Cluster.Brokers, len(r.Brokers))
	}
	for _, p := range r.Problems {
		if len(p.Text) > 1000 {
			t.Errorf("a text of %d bytes: %s", len(p.Text), p.Text)
		}
	}
}

// fuzzTimeout is short, since a broker can make its clients wait by throttling them.
const fuzzTimeout = 200 * time.Millisecond

// FuzzMetadata answers Metadata with anything.
func FuzzMetadata(f *testing.F) {
	f.Add(int16(0), metadataAnswer(0, brokerAt(1, "kafka", 9092)))
	f.Add(int16(1), metadataAnswer(1, brokerAt(-1, "\x1b[2J", -1), brokerAt(-1, "", 1<<30)))
	f.Add(int16(9), append([]byte{0}, metadataAnswer(9, brokerAt(1, "0.0.0.0", 9092), brokerAt(1, "::1", 9092))...))
	f.Add(int16(13), []byte{0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add(int16(2), []byte{0x7f, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, version int16, answer []byte) {
		if len(answer) < maxAnswer/2 {
			listen(t, fuzzTimeout, talk(t, unsupported, versionsAnswer(version), answer))
		}
	})
}

// FuzzVersions answers ApiVersions with anything.
func FuzzVersions(f *testing.F) {
	f.Add(unsupported, versionsAnswer(1))
	f.Add(versionsAnswer(1), versionsAnswer(1))
	f.Add([]byte{0, 0, 0xff, 0xff, 0xff, 0x0f}, []byte{})
	f.Add([]byte{0, 41, 0, 0, 0, 0}, []byte{0, 0})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if len(first)+len(second) < maxAnswer/2 {
			listen(t, fuzzTimeout, talk(t, first, second, metadataAnswer(1, brokerAt(1, "kafka", 9092))))
		}
	})
}

// FuzzFirstAnswer answers with anything that need not be Kafka's protocol.
func FuzzFirstAnswer(f *testing.F) {
	for _, s := range []string{"", "H", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x03\x00\x02\x02\x46", "SSH-2.0-\x1b[2J\r\n", "-ERR unknown command\r\n", "\xff\xff\xff\xff", "\x00\x00\x00\x00", "\x00\x0f\xff\xff\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer server.Close()
			server.Read(make([]byte, 1<<10))
			server.Write(answer)
		}()
		listen(t, fuzzTimeout, client)
		<-done
	})
}
