package filter

import (
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/bufferpool"
)

// worstBytes is the size of the requests that are measured.
const worstBytes = 16 << 10

// lists calls f for each list of structs, strings or numbers in v, with one entry in each list above it.
func lists(v reflect.Value, f func(list reflect.Value)) {
	for i := range v.NumField() {
		field := v.Field(i)
		switch {
		case field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.Struct:
			field.Set(reflect.New(field.Type().Elem()))
			lists(field.Elem(), f)
			field.SetZero()
		case field.Kind() == reflect.Struct && field.Type() != tagsType:
			lists(field, f)
		case field.Kind() != reflect.Slice || field.Type().Elem().Kind() == reflect.Uint8:
		default:
			f(field)
			if field.Type().Elem().Kind() == reflect.Struct {
				field.Set(reflect.MakeSlice(field.Type(), 1, 1))
				setDefault(field.Index(0))
				lists(field.Index(0), f)
			}
			field.SetZero()
		}
	}
}

func setDefault(v reflect.Value) {
	if d, ok := v.Addr().Interface().(interface{ Default() }); ok {
		d.Default()
	}
	for i := range v.NumField() { // a text that is not null takes a pointer
		if f := v.Field(i); f.Type() == reflect.TypeFor[*string]() {
			f.Set(reflect.ValueOf(new(string)))
		}
	}
}

// worstRequests calls f for requests that consist of the entries of one list, without or with an unknown tag in
// each.
func worstRequests(key, version int16, f func(req kmsg.Request)) {
	req := at(version, kmsg.RequestForKey(key))
	empty := len(req.AppendTo(nil))
	lists(reflect.ValueOf(req).Elem(), func(list reflect.Value) {
		for _, isTagged := range []bool{false, true} {
			one := reflect.MakeSlice(list.Type(), 1, 1)
			if one.Index(0).Kind() == reflect.Struct {
				setDefault(one.Index(0))
				if tags := one.Index(0).FieldByName("UnknownTags"); isTagged && tags.IsValid() {
					t := tags.Addr().Interface().(*kmsg.Tags)
					t.Set(100, nil)
				}
			}
			list.Set(one)
			size := len(req.AppendTo(nil)) - empty
			if size <= 0 {
				continue
			}
			many := reflect.MakeSlice(list.Type(), worstBytes/size, worstBytes/size)
			for i := range many.Len() {
				many.Index(i).Set(one.Index(0))
			}
			list.Set(many)
			f(req)
		}
	})
}

// What a request is counted as before it is parsed is no less than what it takes.
func TestParsedSize(t *testing.T) {
	f := newFilter(t, nil, analyst("full"))
	for key := int16(0); key < 128; key++ {
		if handlers[key] == nil {
			continue
		}
		highest := kmsg.RequestForKey(key).MaxVersion()
		for _, version := range []int16{0, highest / 2, highest} {
			worstRequests(key, version, func(req kmsg.Request) {
				frame := request(1, req)
				req = at(version, kmsg.RequestForKey(key))
				h, rest, _ := parseHeader(frame)
				body, _ := h.parseClientID(rest, req.IsFlexible())
				before := allocated()
				readRequest(req, body)
				took, counted := int(allocated()-before), f.Parsed(frame)
				if took -= bufferpool.Size(len(body)); took > counted { // encodesTo's
					t.Errorf("key %d version %d: %d bytes take %d, %d are counted", key, version, len(body), took, counted)
				}
			})
		}
	}
}

func TestProduceOfRecordsCountsItsEntries(t *testing.T) {
	req := produce(9, 1, "orders")
	req.Topics[0].Partitions[0].Records = make([]byte, 1<<20)
	if n := newFilter(t, nil, producer()).Parsed(request(1, req)); n > parsedLeast+2*parsedEntry {
		t.Errorf("it counts as %d bytes", n)
	}
}
