package bridge

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/kafkaio/kafkaio/internal/clientid"
)

func TestClientIDNamesTheIdentity(t *testing.T) {
	for _, row := range []struct{ identity, clientID, want string }{
		{"", "c", "c"},
		{"", "__admin_client", "nobody/__admin_client"},
		{"alice", "c", "alice/c"},
		{"alice", "__admin_client", "alice/__admin_client"},
		{"alice", "", "alice"},
	} {
		request := append(testRequest(1, 0)[4:], 0, byte(len(row.clientID)))
		request = append(append(request, row.clientID...), 1, 2, 3)
		parts, err := (&heldFrames{identity: row.identity}).Request(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		frame := bytes.Join(parts, nil)
		head, err := parseRequestHeader(frame[4:])
		if err != nil || head.clientID != row.want || string(frame[4+head.clientIDEnd:]) != "\x01\x02\x03" {
			t.Errorf("%q of %q became %+v, %v", row.clientID, row.identity, head, err)
		}
	}
}

func FuzzHeldFrames(f *testing.F) {
	f.Add(testRequest(1, 10)[4:], "alice")
	f.Add([]byte("\x00\x00\x00\x02\x00\x00\x00\x01\x00\x01c\x00\x00"), "")
	f.Add([]byte("\x00\x00\x00\x03\x00\x00\x00\x01\xff\xff\xff\xff\x00\x00"), "alice")
	f.Add([]byte("\x00\x00\x00\x09\x00\x00\x00\x01\x00\x01c\x01\x00\x02ab\x00\x00\x00"), "alice")
	f.Add([]byte("\x00\x00\x00\x09\x00\x00\x00\x01\x00\x01c\xff\xff\xff\xff\x0f\x00\x00"), "")
	f.Add([]byte("\x00\x11\x00\x01\x00\x00\x00\x01\x00\x01c\x00\x05PLAIN"), "")
	f.Fuzz(func(t *testing.T, request []byte, identity string) {
		if len(request) < requestStart {
			return
		}
		h := &heldFrames{identity: identity}
		parts, err := h.Request(t.Context(), slices.Clone(request))
		frame := bytes.Join(parts, nil)
		if err != nil {
			if len(frame) > 0 || h.Pending() != 0 {
				t.Errorf("%d bytes after %v", len(frame), err)
			}
			return
		}
		if n := int(binary.BigEndian.Uint32(frame)); n != len(frame)-4 {
			t.Fatalf("a frame of %d bytes says %d", len(frame)-4, n)
		}
		before, _ := parseRequestHeader(request)
		after, err := parseRequestHeader(frame[4:])
		if err != nil {
			t.Fatal(err)
		}
		if before.key != after.key || before.version != after.version || before.correlationID != after.correlationID || before.isAnswered != after.isAnswered {
			t.Errorf("%+v became %+v", before, after)
		}
		if want := string(clientid.For(identity, []byte(before.clientID))); after.clientID != want {
			t.Errorf("client_id %q became %q, want %q", before.clientID, after.clientID, want)
		}
		if string(request[before.clientIDEnd:]) != string(frame[4+after.clientIDEnd:]) {
			t.Error("what follows the client_id has changed")
		}
	})
}
