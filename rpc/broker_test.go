package rpc_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// A scriptedBroker is the other end of a pipe. A test sets its answers.
type scriptedBroker struct {
	t    *testing.T
	conn net.Conn
	// versions are the highest versions of ApiVersions and other APIs; the lowest are 0.
	versions map[kmsg.Key]int16
	// answer returns a response, a rawResponse, or nil for no response.
	answer func(r received) any
	// negotiate is answer for ApiVersions.
	negotiate func(req *kmsg.ApiVersionsRequest) any

	mu  sync.Mutex
	all []received
}

// A received is a request as the broker got it.
type received struct {
	request       kmsg.Request
	clientID      string
	correlationID int32
	at            time.Time
}

// A rawResponse is a response payload after the correlation id.
type rawResponse []byte

// newScriptedBroker returns a Pipeline to a broker that has these versions.
func newScriptedBroker(t *testing.T, versions map[kmsg.Key]int16, answer func(r received) any) (*scriptedBroker, *core.Pipeline) {
	near, far := net.Pipe()
	b := &scriptedBroker{t: t, conn: far, versions: versions, answer: answer}
	b.negotiate = b.apiVersions
	p := core.NewPipeline(core.NewConn(near, core.Options{Addr: "broker:9092"}), core.PipelineOptions{})
	served := make(chan struct{})
	go func() {
		defer close(served)
		b.serve()
	}()
	t.Cleanup(func() {
		p.Close()
		<-served
	})
	return b, p
}

// got returns the requests that came, ApiVersions aside.
func (b *scriptedBroker) got() (requests []received) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.all {
		if r.request.Key() != kmsg.ApiVersions.Int16() {
			requests = append(requests, r)
		}
	}
	return requests
}

// negotiations returns the ApiVersions requests that came.
func (b *scriptedBroker) negotiations() (requests []*kmsg.ApiVersionsRequest) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.all {
		if r, ok := r.request.(*kmsg.ApiVersionsRequest); ok {
			requests = append(requests, r)
		}
	}
	return requests
}

func (b *scriptedBroker) serve() {
	defer b.conn.Close()
	for {
		r, err := b.receive()
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
				b.t.Errorf("the broker: %v", err)
			}
			return
		}
		b.mu.Lock()
		b.all = append(b.all, r)
		b.mu.Unlock()
		var answer any
		if av, ok := r.request.(*kmsg.ApiVersionsRequest); ok {
			answer = b.negotiate(av)
		} else {
			answer = b.answer(r)
		}
		if answer == nil {
			continue
		}
		if err := b.send(r, answer); err != nil {
			return // the client has gone
		}
	}
}

// receive reads a request, and checks that the protocol defines its every byte.
func (b *scriptedBroker) receive() (r received, err error) {
	var length [4]byte
	if _, err := io.ReadFull(b.conn, length[:]); err != nil {
		return r, err
	}
	payload := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := io.ReadFull(b.conn, payload); err != nil {
		return r, err
	}
	r.at = time.Now()
	r.request = kmsg.RequestForKey(int16(binary.BigEndian.Uint16(payload)))
	r.request.SetVersion(int16(binary.BigEndian.Uint16(payload[2:])))
	r.correlationID = int32(binary.BigEndian.Uint32(payload[4:]))
	n := int(binary.BigEndian.Uint16(payload[8:]))
	r.clientID = string(payload[10 : 10+n])
	body := payload[10+n:]
	if r.request.IsFlexible() { // request header version 2
		if body[0] != 0 {
			return r, errors.New("tagged fields in the header")
		}
		body = body[1:]
	}
	if err := r.request.ReadFrom(body); err != nil {
		return r, err
	}
	if again := r.request.AppendTo(nil); string(again) != string(body) {
		return r, errors.New("the request isn't as long as its version has it")
	}
	return r, nil
}

func (b *scriptedBroker) send(r received, answer any) error {
	frame := make([]byte, 8)
	binary.BigEndian.PutUint32(frame[4:], uint32(r.correlationID))
	switch answer := answer.(type) {
	case rawResponse:
		frame = append(frame, answer...)
	case kmsg.Response:
		if answer.IsFlexible() && answer.Key() != kmsg.ApiVersions.Int16() { // response header version 1
			frame = append(frame, 2, 0, 3, 'a', 'b', 'c', 77, 0) // with two tagged fields
		}
		frame = answer.AppendTo(frame)
	}
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	_, err := b.conn.Write(frame)
	return err
}

// apiVersions answers as brokers since Kafka 2.4 do.
func (b *scriptedBroker) apiVersions(req *kmsg.ApiVersionsRequest) any {
	resp := kmsg.NewPtrApiVersionsResponse()
	most := b.versions[kmsg.ApiVersions]
	if req.Version > most {
		resp.ErrorCode = kerr.UnsupportedVersion.Code
		resp.ApiKeys = append(resp.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: req.Key(), MaxVersion: most})
		return resp
	}
	resp.Version = req.Version
	for key, most := range b.versions {
		resp.ApiKeys = append(resp.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key.Int16(), MaxVersion: most})
	}
	return resp
}
