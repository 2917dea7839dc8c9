package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The compressions that Kafka has.
const (
	codecGzip   = 1
	codecSnappy = 2
	codecLZ4    = 3
	codecZstd   = 4
)

const (
	// maxUnpacked bounds what all compressed parts of a frame become, in bytes.
	maxUnpacked = 4 << 20
	// maxWindow bounds what zstd keeps to look back on: RFC 8878 recommends that encoders don't need more.
	maxWindow = 8 << 20
)

var (
	errTooLarge = fmt.Errorf("a frame's compressed parts are shown up to %d bytes once decompressed", maxUnpacked)
	errCutShort = errors.New("the compressed bytes are cut short")
)

// unpack decompresses b into at most limit bytes. If it fails, it returns what came before the failure.
func unpack(codec int, b []byte, limit int) ([]byte, error) {
	r := bytes.NewReader(b)
	switch codec {
	case codecGzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, cutShort(err)
		}
		return readUpTo(z, limit)
	case codecSnappy:
		return unpackSnappy(b, limit)
	case codecLZ4:
		return readUpTo(lz4.NewReader(r), limit)
	case codecZstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		return readUpTo(z, limit)
	}
	return nil, errors.New("the codec is unknown")
}

func readUpTo(r io.Reader, limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if len(b) > limit {
		return b[:limit], errTooLarge
	}
	return b, cutShort(err)
}

// cutShort says more than io.EOF.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutShort
	}
	return err
}

// xerial is what Java's Snappy streams begin with, and xerialStart where their first block is. Other
// clients send one block and nothing else.
const (
	xerial      = "\x82SNAPPY\x00"
	xerialStart = len(xerial) + 4 + 4 // two versions
)

func unpackSnappy(b []byte, limit int) (unpacked []byte, err error) {
	if !bytes.HasPrefix(b, []byte(xerial)) {
		return appendBlock(nil, b, limit)
	}
	if len(b) < xerialStart {
		return nil, errCutShort
	}
	for b = b[xerialStart:]; len(b) > 0 && err == nil; {
		if len(b) < 4 {
			return unpacked, errCutShort
		}
		n := int64(binary.BigEndian.Uint32(b))
		if b = b[4:]; n > int64(len(b)) {
			return unpacked, errCutShort
		}
		unpacked, err = appendBlock(unpacked, b[:n], limit)
		b = b[n:]
	}
	return unpacked, err
}

// appendBlock appends a block of Snappy's. It knows the length before it allocates.
func appendBlock(unpacked, block []byte, limit int) ([]byte, error) {
	n, err := s2.DecodedLen(block)
	switch {
	case err != nil:
		return unpacked, err
	case n > limit-len(unpacked):
		return unpacked, errTooLarge
	}
	more, err := s2.Decode(nil, block)
	return append(unpacked, more...), err
}
