package core

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The bytes of every API with a secret field are withheld, and kmsg has no API that apis lacks. If this
// fails for a new API, find out whether it carries secrets, then add it to apis.
func TestAPIsWithSecretsAreWithheld(t *testing.T) {
	secret := regexp.MustCompile(`HMAC|SASLAuthBytes|Salt|Password|Secret|RequestData|ResponseData|UnalignedRecords`)
	if kmsg.MaxKey >= len(apis) {
		t.Errorf("kmsg knows APIs up to %d", kmsg.MaxKey)
	}
	found := 0
	for key := range int16(kmsg.MaxKey + 1) {
		request := kmsg.RequestForKey(key)
		if request == nil {
			continue
		}
		for _, message := range []any{request, request.ResponseKind()} {
			for _, field := range fieldsOf(reflect.TypeOf(message)) {
				if !secret.MatchString(field) {
					continue
				}
				found++
				if !mayCarrySecrets(key) {
					t.Errorf("%T has %s and is shown", message, field)
				}
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d such fields were found", found)
	}
	for _, key := range []int16{33, 44} { // the values are secret or not as their names are
		if !mayCarrySecrets(key) {
			t.Errorf("%s is shown", kmsg.NameForKey(key))
		}
	}
	for _, key := range []int16{-1, int16(len(apis)), 1000, 1<<15 - 1} {
		if !mayCarrySecrets(key) {
			t.Errorf("key %d, which is not known, is shown", key)
		}
	}
}

// TestAPIsHaveTheirNames ignores case: kmsg writes ACL, SASL and ID in capitals.
func TestAPIsHaveTheirNames(t *testing.T) {
	for key := range int16(kmsg.MaxKey + 1) {
		want := kmsg.NameForKey(key)
		if kmsg.RequestForKey(key) == nil {
			want = ""
		}
		if got := APIName(key); !strings.EqualFold(got, want) {
			t.Errorf("API %d is %q, %q was expected", key, got, want)
		}
	}
	for _, key := range []int16{-1, int16(len(apis))} {
		if got := APIName(key); got != "" {
			t.Errorf("API %d is %q", key, got)
		}
	}
}

func fieldsOf(t reflect.Type) (names []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		names = append(append(names, t.Field(i).Name), fieldsOf(t.Field(i).Type)...)
	}
	return names
}

// Bytes from marked on are secret; no others in an exchange are.
const marked = 0xe0

var marker = []byte{0xe7, 0xf1, 0xee, 0xff, 0xe3, 0xfd, 0xe9, 0xf8, 0xe5, 0xf3, 0xeb, 0xfa}

// A scriptReader makes an exchange out of a fuzzer's bytes.
type scriptReader struct {
	rest []byte
	id   int32 // of the last request
	step int32 // from one to the next: 0 for clients that always use the same
	all  []passage
}

func (r *scriptReader) next() byte {
	if len(r.rest) == 0 {
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b & 0x7f
}

func (r *scriptReader) filler() string {
	var b []byte
	for range r.next() {
		b = append(b, r.next())
	}
	return string(b)
}

func (r *scriptReader) word() string {
	b := []byte{'a' + r.next()%26}
	for range r.next() % 8 {
		b = append(b, 'a'+r.next()%26)
	}
	return string(b)
}

// unmarked pads a frame's payload, so that its length has no marked byte.
func unmarked(payload string) string {
	for len(payload)&0xff >= 0x80 {
		payload += "."
	}
	return payload
}

func (r *scriptReader) say(out bool, frames ...string) {
	for _, f := range frames {
		r.all = append(r.all, passage{out, frame(unmarked(f))})
	}
}

func (r *scriptReader) request(key, version int16, body string) (request string, id int32) {
	r.id = (r.id + r.step) & 0x7f
	return aRequest(key, version, r.id, body)[frameHeader:], r.id
}

func (r *scriptReader) response(id int32, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(id))) + body
}

// secretKeys are the API keys of a script's secrets, shownKeys those of everything else.
var (
	secretKeys = []int16{33, 36, 38, 39, 40, 41, 44, 51, 58, 59, 95, 99, 0x37f}
	shownKeys  = []int16{0, 1, 2, 3, 8, 18, 19, 42}
)

func (r *scriptReader) exchange(key int16, secret string) {
	request, id := r.request(key, int16(r.next()%20), r.filler()+secret)
	r.say(true, request)
	r.say(false, r.response(id, r.filler()+secret))
}

// saslWithoutHeaders is version 0 of SaslHandshake, and the tokens after it.
func (r *scriptReader) saslWithoutHeaders() {
	request, id := r.request(apiSaslHandshake, 0, r.word())
	r.say(true, request)
	r.say(false, r.response(id, r.word()))
	secret := string(marker)
	switch r.next() % 3 {
	case 0: // PLAIN
		r.say(true, "\x00"+r.word()+"\x00"+secret)
		r.all = append(r.all, received(frame("")))
	case 1: // SCRAM
		r.say(true, "n,,n="+r.word()+",r="+secret)
		r.say(false, "r="+secret+r.word())
		r.say(true, "c=biws,r="+secret)
		r.say(false, "v="+secret)
	case 2: // GSSAPI and the like: opaque, any number, of which the last may have no answer
		for range 1 + r.next()%4 {
			r.say(true, "\x60\x7e"+r.filler()+secret)
			r.say(false, "\x60\x7e"+secret+r.filler())
		}
		if r.next()%2 == 0 {
			r.say(true, "\x05\x04"+r.filler()+secret)
		}
	}
}

func (r *scriptReader) passages() []passage {
	r.step = int32(r.next() % 3)
	for len(r.rest) > 0 {
		switch r.next() % 8 {
		case 0:
			r.saslWithoutHeaders()
		case 1:
			r.exchange(secretKeys[int(r.next())%len(secretKeys)], string(marker))
		case 2: // Produce with acks=0
			request, _ := r.request(apiProduce, 11, r.filler())
			r.say(true, request)
		case 3: // credentials are renewed among other requests
			a, idA := r.request(shownKeys[int(r.next())%len(shownKeys)], 1, r.filler())
			b, idB := r.request(secretKeys[int(r.next())%len(secretKeys)], 1, string(marker))
			c, idC := r.request(shownKeys[int(r.next())%len(shownKeys)], 1, r.filler())
			r.say(true, a, b, c)
			r.say(false, r.response(idA, r.filler()), r.response(idB, string(marker)), r.response(idC, r.filler()))
		case 4: // a response to nothing
			r.say(false, r.response(0x7f7f, r.filler()+string(marker)))
		case 5: // TLS: all of it is dark
			if r.next()%8 == 0 {
				r.all = append(r.all, sent("\x16\x03\x01"+r.filler()+string(marker)), received(string(marker)))
			}
		default:
			r.exchange(shownKeys[int(r.next())%len(shownKeys)], "")
		}
	}
	return r.all
}

// FuzzSecretsAreNotShown passes exchanges with secrets in pieces of random sizes, and looks for the
// secrets in everything that a Trace and a debug log show.
func FuzzSecretsAreNotShown(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range byte(8) { // each kind of exchange by itself
		f.Add(append([]byte{1, n}, bytes.Repeat([]byte{3, 'a', n}, 10)...), uint64(n))
	}
	for n := range 100 { // and many of them
		script := make([]byte, 50+random.IntN(500))
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		f.Add(script, uint64(n))
	}
	f.Fuzz(func(t *testing.T, script []byte, seed uint64) {
		if len(script) < 4<<10 {
			checkNothingIsShown(t, script, seed)
		}
	})
}

func checkNothingIsShown(t *testing.T, script []byte, seed uint64) {
	r := scriptReader{rest: script}
	passages := r.passages()
	var log bytes.Buffer
	debug := NewDebugTrace(&log, "broker:9092", 2)
	s := NewScanner(&Trace{
		Frame: func(f FrameInfo) {
			header := binary.BigEndian.AppendUint32(nil, uint32(f.CorrelationID))
			header = binary.BigEndian.AppendUint16(header, uint16(f.APIVersion))
			if f.APIKey != UnknownAPI {
				header = binary.BigEndian.AppendUint16(header, uint16(f.APIKey))
			}
			if hasMarked(header) {
				t.Errorf("told of %+v", f)
			}
			debug.Frame(f)
		},
		Bytes: func(out bool, p []byte) {
			if hasMarked(p) {
				t.Errorf("shown %q", p)
			}
			debug.Bytes(out, p)
		},
	})
	random := rand.New(rand.NewPCG(seed, 0))
	for _, p := range passages {
		for rest := []byte(p.bytes); len(rest) > 0; {
			n := 1 + random.IntN(min(len(rest), 1+random.IntN(50)))
			if p.out {
				s.Sent(rest[:n])
			} else {
				s.Received(rest[:n])
			}
			rest = rest[n:]
		}
	}
	if hasMarked(log.Bytes()) || hasMarked(dumped(t, log.String())) {
		t.Errorf("the log shows a secret:\n%s", log.String())
	}
}

func hasMarked(p []byte) bool {
	return slices.ContainsFunc(p, func(b byte) bool { return b >= marked })
}

// dumped returns the bytes in the dumps of a log.
func dumped(t *testing.T, log string) (all []byte) {
	row := regexp.MustCompile(`(?m)^broker:9092: [<>] [0-9a-f]{8} ([ 0-9a-f]{50})  ?\|`)
	for _, match := range row.FindAllStringSubmatch(log, -1) {
		b, err := hex.DecodeString(strings.ReplaceAll(match[1], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}
