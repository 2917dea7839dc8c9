package filter

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// producing returns requests to encode in a version: with nothing in them, with null, small and large records.
func producing(version int16) []*kmsg.ProduceRequest {
	empty, one, many := at(version, kmsg.NewPtrProduceRequest()), at(version, kmsg.NewPtrProduceRequest()), produces(version, 3, 2)
	fill(reflect.ValueOf(one).Elem(), "orders")
	one.SetVersion(version)
	for i, size := range []int{-1, 0, 1, largeRecords - 1, largeRecords, 200_000} {
		p := &many.Topics[i/2].Partitions[i%2]
		if p.Partition = int32(i); size < 0 {
			p.Records = nil
			continue
		}
		p.Records = bytes.Repeat([]byte{byte(i)}, size)
	}
	return []*kmsg.ProduceRequest{empty, one, many}
}

func TestProduceIsEncodedAsByKmsg(t *testing.T) {
	for version := range kmsg.NewPtrProduceRequest().MaxVersion() + 1 {
		for i, req := range producing(version) {
			formatter := kmsg.NewRequestFormatter(kmsg.FormatterClientID("app"))
			want := formatter.AppendRequest(nil, req, 7)
			parts := requestFrame(header{0, version, 7, []byte("app")}, req, 0)
			if !bytes.Equal(bytes.Join(parts, nil), want) {
				t.Errorf("version %d, request %d is encoded otherwise", version, i)
			}
			if most := 1 + 2*i; len(parts) > most {
				t.Errorf("version %d, request %d has %d parts, at most %d were expected", version, i, len(parts), most)
			}
		}
	}
}

func TestLargeRecordsAreNotCopied(t *testing.T) {
	req := produce(9, 1, "orders")
	req.Topics[0].Partitions[0].Records = make([]byte, 1<<20)
	body := request(1, req)
	parts, err := newFilter(t, nil, producer()).Request(t.Context(), body)
	if err != nil || len(parts) != 3 {
		t.Fatal(len(parts), err)
	}
	if &parts[1][len(parts[1])-1] != &body[len(body)-1-3] { // before the tags
		t.Error("the records are copied")
	}
	if cap(parts[0]) > 1<<16 {
		t.Errorf("the other fields have a buffer of %d bytes", cap(parts[0]))
	}
}
