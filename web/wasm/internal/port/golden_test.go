package port_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

var update = flag.Bool("update", false, "write testdata/values.json")

// goldenFile has values as they are on the wire, and as both ends describe them. The tests of web/src read
// it too.
const goldenFile = "testdata/values.json"

type golden struct {
	Name  string `json:"name"`
	Bytes string `json:"bytes"` // hexadecimal
	Value any    `json:"value"`
}

type broker struct {
	ID     int32   `json:"id"`
	Host   string  `json:"host"`
	Rack   *string `json:"rack"`
	Offset int64   `json:"offset"`
	Known  bool    `json:"known,omitzero"`
	hidden int
}

type leader struct {
	broker
	Epoch int32 `json:"epoch"`
}

var goldenValues = []struct {
	name  string
	value any
}{
	{"null", nil},
	{"nil pointer", (*string)(nil)},
	{"false", false},
	{"true", true},
	{"zero", 0},
	{"int32", int32(-7)},
	{"uint32", uint32(math.MaxUint32)},
	{"largest safe number", float64(1<<53 - 1)},
	{"fraction", 0.1},
	{"infinity", math.Inf(-1)},
	{"bigint zero", int64(0)},
	{"bigint beyond 2^53", int64(1<<53 + 1)},
	{"least bigint", int64(math.MinInt64)},
	{"greatest bigint", int64(math.MaxInt64)},
	{"empty string", ""},
	{"string", "grüß 🎉\x00"},
	{"string with a byte order mark", "\ufeffa"},
	{"empty bytes", []byte{}},
	{"bytes", []byte{0, 0xff, 0x80}},
	{"nil bytes", []byte(nil)},
	{"empty list", []string{}},
	{"nil list", []string(nil)},
	{"list", []any{int64(1), "a", nil, []any{true}}},
	{"empty object", map[string]any{}},
	{"map in order of keys", map[string]string{"b": "2", "a": "1", "__proto__": "3"}},
	{"struct", broker{ID: 3, Host: "kafka", Offset: 5, hidden: 1}},
	{"embedded struct", leader{broker{ID: 3, Host: "kafka"}, 9}},
	{"list of structs", []*broker{{ID: 1, Known: true}, nil}},
	{"list of objects that are alike", []map[string]int{{"a": 1, "b": 2, "ba": 3}, {"b": 4}, {"a": 5, "ab": 6}, {"": 7, "a": 8, "b": 9}}},
	{"more names than are remembered", []map[string]int{manyNames(1), manyNames(2)}},
	{"error", &port.Error{
		Code: "UNKNOWN_TOPIC_OR_PARTITION", Message: "no such topic", KafkaCode: 3, Retriable: true,
		Topic: "t", Partition: new(int32(0)),
	}},
	{"error of an answer", port.Error{Code: "ERR_TOKEN", Message: "m", Errno: -1004, OutcomeUnknown: true, Broker: "b:9092", Question: 7}},
}

// manyNames returns an object of 40 members.
func manyNames(value int) map[string]int {
	object := map[string]int{}
	for i := range 40 {
		object[fmt.Sprint("name", i)] = value
	}
	return object
}

// describe returns a decoded value as JSON can hold it.
func describe(value any) any {
	switch v := value.(type) {
	case int64:
		text, _ := json.Marshal(v)
		return map[string]any{"bigint": string(text)}
	case float64:
		if math.IsInf(v, -1) {
			return map[string]any{"number": "-Infinity"}
		}
	case []byte:
		return map[string]any{"bytes": hex.EncodeToString(v)}
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, describe(item))
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, item := range v {
			object[name] = describe(item)
		}
		return map[string]any{"object": object}
	case *port.Error:
		text, _ := json.Marshal(v)
		var object any
		json.Unmarshal(text, &object)
		return map[string]any{"error": object}
	}
	return value
}

func TestValuesAreThoseOfTheGoldenFile(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []golden
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(goldenValues) {
		t.Fatalf("%s has %d values, want %d", goldenFile, len(want), len(goldenValues))
	}
	for i, test := range goldenValues {
		t.Run(test.name, func(t *testing.T) {
			b := port.AppendValue(nil, test.value)
			if got := hex.EncodeToString(b); got != want[i].Bytes || test.name != want[i].Name {
				t.Errorf("%s is\n%s, want %s\n%s", test.name, got, want[i].Name, want[i].Bytes)
			}
			decoded, err := porttest.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(decoded); !reflect.DeepEqual(got, want[i].Value) {
				t.Errorf("decoded: %v, want %v", got, want[i].Value)
			}
		})
	}
}

func writeGolden(t *testing.T) {
	var all []golden
	for _, test := range goldenValues {
		b := port.AppendValue(nil, test.value)
		decoded, err := porttest.Decode(b)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		all = append(all, golden{test.name, hex.EncodeToString(b), describe(decoded)})
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestATypeWithoutAFormPanics(t *testing.T) {
	for _, value := range []any{make(chan int), func() {}, uint64(1), complex(1, 1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T was encoded", value)
				}
			}()
			port.AppendValue(nil, value)
		}()
	}
}
