package filter

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// maxStream is how many requests a generated stream has.
const maxStream = 8

// A clientStream is what a client sends on one connection, through a filter to Kafka's parser.
type clientStream struct {
	definitions []*kafkamessage.Definition
	rights      []*policy.Rights // of streamPolicies
	kafka       *kafkaParser
	now         *policy.Rights
	filter      *Filter
	shared      map[string]map[string]bool // topic ids in share sessions, by group and member

	arrived map[int16]int // requests that a broker reads, by key
	refused map[string]int
}

func newClientStream(t testing.TB) *clientStream {
	t.Helper()
	return &clientStream{
		definitions: definitionsOf(t, "request"), rights: streamRights(t), kafka: startKafkaParser(t),
		arrived: map[int16]int{}, refused: map[string]int{},
	}
}

// begin begins another stream, under a policy.
func (s *clientStream) begin(rights *policy.Rights) {
	s.now, s.shared = rights, map[string]map[string]bool{}
	s.filter = New(Options{
		Rights:   func() *policy.Rights { return s.now },
		Identity: "ci", TopicNames: topicNames, HeldSASL: true,
	})
}

// run sends a stream that choices make. The policy may be another at any time.
func (s *clientStream) run(t testing.TB, c *kafkamessage.Choices) {
	s.begin(kafkamessage.Pick(c, s.rights))
	among, names := s.definitions, *requestNames
	if c.OneIn(2) { // requests that belong together name the same
		names.Topics, names.TopicIDs = names.Topics[:4], names.TopicIDs[:4]
		names.Groups, names.Members = names.Groups[:1], names.Members[:1]
	}
	if c.OneIn(8) { // of share sessions, which take several requests
		among = slices.DeleteFunc(slices.Clone(among), func(d *kafkamessage.Definition) bool { return d.Key != 78 && d.Key != 79 })
	}
	for range 1 + c.Below(maxStream) {
		if !s.send(t, generate(c, among, s.now, &names)) {
			s.begin(s.now)
		}
		if c.OneIn(4) {
			s.now = kafkamessage.Pick(c, s.rights)
		}
	}
}

// send sends a request without its length, and fails if what goes to the broker may not. It returns
// false if the connection ends.
func (s *clientStream) send(t testing.TB, request []byte) bool {
	t.Helper()
	parts, err := s.filter.Request(context.Background(), request)
	if _, ok := errors.AsType[*tunnel.CloseError](err); err != nil && !ok {
		t.Fatalf("another error: %v", err)
	}
	if frame := bytes.Join(parts, nil); len(frame) > 0 {
		if err := s.arrive(t, frame); err != nil {
			t.Fatalf("%v\nfrom the client: %x\nto the broker:  %x", err, request, frame)
		}
	}
	for answer := s.filter.Local(); len(answer) > 0; {
		answer = answer[4+int(binary.BigEndian.Uint32(answer)):]
	}
	return err == nil
}

// arrive has Kafka read a frame, and returns what is not allowed of it.
func (s *clientStream) arrive(t testing.TB, frame []byte) error {
	t.Helper()
	key, version := int16(binary.BigEndian.Uint16(frame[4:])), int16(binary.BigEndian.Uint16(frame[6:]))
	r := s.kafka.parse(t, frame)
	name := fmt.Sprintf("%s version %d", policy.APIName(key), version)
	if r.Unsupported {
		return nil // another Kafka may know it; kmsg read it in FuzzClient
	}
	switch {
	case r.Error != "":
		return fmt.Errorf("%s: Kafka can't read it: %s", name, r.Error)
	case r.Left != 0 || !r.Same && validText(reflect.ValueOf(parse(t, net.Buffers{frame})).Elem()):
		return fmt.Errorf("%s: Kafka reads it otherwise, and leaves %d bytes", name, r.Left)
	case bytes.Contains(frame, []byte(inTag)):
		return fmt.Errorf("%s: it has a tag that no definition has", name)
	case r.ClientID == nil || *r.ClientID != "ci" && !strings.HasPrefix(*r.ClientID, "ci/"):
		return fmt.Errorf("%s: the client id is another", name)
	}
	s.arrived[key]++
	if r.Refused != "" {
		s.refused[name]++
	}
	a := s.arrival(key, version, r)
	if err := a.check(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := s.shareSession(a); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (s *clientStream) arrival(key, version int16, r reading) *arrival {
	i := slices.IndexFunc(s.definitions, func(d *kafkamessage.Definition) bool { return d.Key == key })
	return &arrival{rights: s.now, key: key, version: version, request: r.Request, definition: s.definitions[i]}
}

// validText reports whether all texts are UTF-8. Kafka reads others as it can. No name that the policy was
// asked about is one.
func validText(v reflect.Value) bool {
	valid := true
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer:
		return v.IsNil() || validText(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			valid = valid && validText(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			valid = valid && (v.Type().Field(i).Type == tagsType || validText(v.Field(i)))
		}
	}
	return valid
}

// shareSession checks the topics that a broker remembers of earlier requests.
func (s *clientStream) shareSession(a *arrival) error {
	epoch, ok := a.request["shareSessionEpoch"].(float64)
	if !ok {
		return nil
	}
	session := fmt.Sprintf("%q %q", a.request["groupId"], a.request["memberId"])
	if epoch == 0 {
		s.shared[session] = map[string]bool{}
	}
	topics, _ := a.request["topics"].([]any)
	for _, t := range topics {
		if s.shared[session] != nil && a.key == 78 { // an acknowledgement adds none
			s.shared[session][t.(map[string]any)["topicId"].(string)] = true
		}
	}
	for id := range s.shared[session] {
		if err := a.topicID(id); err != nil {
			return fmt.Errorf("its session: %w", err)
		}
	}
	return nil
}
