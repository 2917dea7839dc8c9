package filter

import (
	"context"
	"encoding/binary"
	"errors"
	"reflect"
	"runtime"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// fuzzPolicies are those that a fuzzed client is under: presets, and what only a name allows.
var fuzzPolicies = []policy.Policy{
	analyst("full"),
	{Identities: []string{"ci"}, Allow: []string{"DescribeAcls", "UpdateFeatures"}},
}

// Whatever a client sends, what goes to the broker can be read and names only what is allowed.
func FuzzClient(f *testing.F) {
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		if known == nil || key == keyControlledShutdown {
			continue
		}
		for _, version := range []int16{0, known.MaxVersion() / 2, known.MaxVersion()} {
			for _, name := range []string{"orders", "secret"} {
				req := at(version, kmsg.RequestForKey(key))
				fill(reflect.ValueOf(req).Elem(), name)
				req.SetVersion(version)
				f.Add(request(1, req))
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		flt := newFilter(t, nil, fuzzPolicies...)
		before := allocated()
		frame, err := flt.Request(context.Background(), b)
		if grown := allocated() - before; grown > 4<<20+1000*uint64(len(b)) {
			t.Fatalf("%d bytes take %d of memory", len(b), grown)
		}
		if _, ok := errors.AsType[*tunnel.CloseError](err); err != nil && !ok {
			t.Fatalf("another error: %v", err)
		}
		if frame != nil {
			onlyAllowed(t, parse(t, frame))
		}
		for answer := flt.Local(); len(answer) > 0; {
			n := 4 + int(binary.BigEndian.Uint32(answer))
			answer = answer[n:]
		}
	})
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// fill fills a message with one entry per list, all under the same name.
func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Array:
		v.Index(15).SetUint(1)
		if name == "secret" {
			v.Index(15).SetUint(3)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Type != tagsType && f.Name != "ReplicaID" && f.Name != "ReplicaState" && f.Name != "ReplicaDirectoryID" && f.Name != "HighWatermark" {
				fill(v.Field(i), name)
			} else if f.Name == "ReplicaID" {
				v.Field(i).SetInt(-1)
			}
		}
	}
}

// onlyAllowed fails if a request names what the policy of the tests doesn't allow.
func onlyAllowed(t *testing.T, req kmsg.Request) {
	t.Helper()
	set, err := policy.New(fuzzPolicies)
	if err != nil {
		t.Fatal(err)
	}
	r := set.Rights("prod", "ci", nil)
	key := req.Key()
	if !r.API(key, req.GetVersion()).Allowed {
		t.Fatalf("API %d was forwarded", key)
	}
	name := policy.APIName(key)
	topic := func(n string) {
		if !r.Topic(key, n).Allowed {
			t.Fatalf("%s of topic %q was forwarded", name, n)
		}
	}
	group := func(n string) {
		if !r.Group(key, n).Allowed {
			t.Fatalf("%s of group %q was forwarded", name, n)
		}
	}
	transaction := func(n string) {
		if !r.TransactionalID(key, n).Allowed {
			t.Fatalf("%s of transactional id %q was forwarded", name, n)
		}
	}
	check := map[string]func(string){
		"Topic": topic, "TopicNames": topic, "SubscribedTopicNames": topic, "SourceTopics": topic, "RepartitionSinkTopics": topic,
		"Group": group, "GroupID": group, "Groups": group, "GroupIDs": group,
		"TransactionalID": transaction, "TransactionID": transaction, "TransactionalIDs": transaction,
	}
	var walk func(field string, v reflect.Value, version int16)
	walk = func(field string, v reflect.Value, version int16) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(field, v.Elem(), version)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(field, v.Index(i), version)
			}
		case reflect.Array:
			if id, ok := v.Interface().([16]byte); ok && field == "TopicID" {
				for _, n := range topicNames(context.Background(), [][16]byte{id}) {
					topic(n)
				}
			}
		case reflect.String:
			if fn := check[field]; fn != nil && v.Len() > 0 {
				fn(v.String())
			}
		case reflect.Struct:
			if kind := v.FieldByName("ResourceType"); kind.IsValid() && v.FieldByName("ConfigNames").IsValid() || v.FieldByName("Configs").IsValid() && kind.IsValid() {
				switch n := v.FieldByName("ResourceName").String(); kind.Int() {
				case configTopic:
					topic(n)
				case configGroup:
					group(n)
				}
			}
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.Type != tagsType && !(key == 93 && f.Name == "TopologyDescription") {
					walk(f.Name, v.Field(i), version)
				}
			}
		}
	}
	walk("", reflect.ValueOf(req).Elem(), req.GetVersion())
	if fetch, ok := req.(*kmsg.FetchRequest); ok && (fetch.SessionID != 0 || fetch.SessionEpoch != finalEpoch || fetch.ReplicaID >= 0 || fetch.ReplicaState.ID >= 0) {
		t.Fatalf("%+v", fetch)
	}
}

// Whatever a broker answers, it is passed on, rewritten or refused.
func FuzzBroker(f *testing.F) {
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		if known == nil || handlers[key] == nil {
			continue
		}
		for _, version := range []int16{0, known.MaxVersion()} {
			resp := kmsg.ResponseForKey(key)
			fill(reflect.ValueOf(resp).Elem(), "secret")
			resp.SetVersion(version)
			f.Add(key, version, appendResponse(nil, 1, resp)[4:])
		}
	}
	f.Fuzz(func(t *testing.T, key, version int16, b []byte) {
		known := kmsg.RequestForKey(key)
		if known == nil || version < 0 || version > known.MaxVersion() || len(b) < 4 || len(b) > 1<<16 {
			return
		}
		flt := newFilter(t, nil, fuzzPolicies...)
		req := at(version, known)
		fill(reflect.ValueOf(req).Elem(), "orders")
		req.SetVersion(version)
		parts, err := flt.Request(context.Background(), request(1, req))
		if err != nil || parts == nil {
			return
		}
		rewrite, err := flt.Response(1, len(b))
		if err != nil || rewrite == nil {
			return
		}
		before := allocated()
		frame, err := rewrite(t.Context(), b)
		if grown := allocated() - before; grown > 4<<20+1000*uint64(len(b)) {
			t.Fatalf("%d bytes take %d of memory", len(b), grown)
		}
		if _, ok := errors.AsType[*tunnel.CloseError](err); err != nil && !ok {
			t.Fatalf("another error: %v", err)
		}
		if err == nil && int(binary.BigEndian.Uint32(frame)) != len(frame)-4 {
			t.Fatal("the frame has another length")
		}
		flt.Done()
	})
}
