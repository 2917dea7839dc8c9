package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

func TestUnpackIsBounded(t *testing.T) {
	zeros := make([]byte, 1<<20)
	for codec := int16(1); codec <= 4; codec++ {
		b := packed(codec, zeros)
		if got, err := unpack(int(codec), b, len(zeros)); err != nil || !bytes.Equal(got, zeros) {
			t.Errorf("codec %d: %d bytes, %v", codec, len(got), err)
		}
		if got, err := unpack(int(codec), b, len(zeros)-1); err != errTooLarge || len(got) >= len(zeros) {
			t.Errorf("codec %d: %d bytes, %v", codec, len(got), err)
		}
	}
}

// What a cut of the frame has left is shown, but for a block that is incomplete.
func TestUnpackReturnsWhatCameBeforeTheEnd(t *testing.T) {
	text := []byte(strings.Repeat("a text that is somewhat longer than a block; ", 1<<14))
	for i := range text {
		text[i] += byte(i * i >> 3 & 7) // not too easy
	}
	half := packed(codecSnappy, text[:len(text)/2])
	block := append(binary.BigEndian.AppendUint32(nil, uint32(len(half))), half...)
	java := slices.Concat([]byte(xerial), make([]byte, 8), block, block)
	for name, test := range map[string]struct {
		codec  int
		b      []byte
		blocks bool // it has several
	}{
		"gzip": {codecGzip, packed(codecGzip, text), true}, "zstd": {codecZstd, packed(codecZstd, text), true},
		"lz4": {codecLZ4, packed(codecLZ4, text), false}, "snappy": {codecSnappy, packed(codecSnappy, text), false},
		"Java's snappy": {codecSnappy, java, true},
	} {
		for _, n := range []int{0, 1, 5, 9, 17, 19, len(test.b) - 1} {
			got, err := unpack(test.codec, test.b[:n], len(text))
			if !bytes.HasPrefix(text, got) && !bytes.HasPrefix(bytes.Repeat(text[:len(text)/2], 2), got) {
				t.Errorf("%s, %d bytes: it isn't the text's beginning", name, n)
			}
			if err == nil && n > 0 {
				t.Errorf("%s, %d of %d bytes: no error", name, n, len(test.b))
			}
			if test.blocks && n > 1000 && len(got) < len(text)/4 {
				t.Errorf("%s, %d of %d bytes: %d of %d", name, n, len(test.b), len(got), len(text))
			}
		}
	}
}

func TestUnpackTakesABlockOfSnappy(t *testing.T) {
	block := []byte{5, 4 << 2, 'h', 'e', 'l', 'l', 'o'}
	if got, err := unpack(codecSnappy, block, 5); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := unpack(codecSnappy, binary.AppendUvarint(nil, 1<<31), maxUnpacked); err != errTooLarge {
		t.Errorf("a length that is a lie: %v", err)
	}
}

// Batches of a frame share the room for what they decompress to.
func TestDecodeUnpacksABoundedNumberOfBytes(t *testing.T) {
	large := batchOf(codecZstd, packed(codecZstd, bytes.Repeat([]byte{0xff}, maxUnpacked-1)))
	r := fetched(t, bytes.Repeat(large, 3))
	total := 0
	for _, batch := range r.Fields[1:] {
		u := find(t, batch, "Records").Unpacked
		total += len(u.Value.([]byte))
	}
	if total > maxUnpacked || !strings.Contains(text(r), errTooLarge.Error()) {
		t.Errorf("%d bytes", total)
	}
}

// FuzzUnpack decompresses any bytes.
func FuzzUnpack(f *testing.F) {
	for codec := int16(0); codec <= 4; codec++ {
		f.Add(uint8(codec), packed(codec, []byte(strings.Repeat("hello", 20))))
	}
	f.Fuzz(func(t *testing.T, codec uint8, b []byte) {
		const limit = 1 << 10
		if got, err := unpack(int(codec), b, limit); len(got) > limit {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
