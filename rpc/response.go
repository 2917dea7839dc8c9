package rpc

import (
	"encoding/binary"
	"errors"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// sharedPayload is the largest payload, in bytes, that a response's strings may point into. Strings of
// larger ones are copies: otherwise a program that keeps one string would keep the whole payload.
const sharedPayload = 1 << 10

// decode decodes a response's payload. The response owns the payload from then on.
func (c *client) decode(resp kmsg.Response, payload []byte) error {
	body := payload[4:] // a Pipeline returns no response without a correlation ID
	var err error
	// An ApiVersions response never has a flexible header, so that a client can read the answer to a
	// version the broker doesn't know (KIP-511).
	if resp.IsFlexible() && resp.Key() != kmsg.ApiVersions.Int16() {
		body, err = skipTags(body)
	}
	if err == nil {
		if r, ok := resp.(kmsg.UnsafeReadFrom); ok && len(payload) <= sharedPayload {
			err = r.UnsafeReadFrom(body)
		} else {
			err = resp.ReadFrom(body)
		}
	}
	if err != nil {
		return &ResponseError{Addr: c.pipeline.Addr(), Key: resp.Key(), Version: resp.GetVersion(), Size: len(payload), Err: err}
	}
	return nil
}

var errTags = errors.New("its header doesn't end")

// skipTags returns the bytes after the tagged fields of a flexible header (KIP-482).
func skipTags(b []byte) ([]byte, error) {
	count, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errTags
	}
	b = b[n:]
	for range count {
		_, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errTags
		}
		size, m := binary.Uvarint(b[n:])
		if m <= 0 || size > uint64(len(b)-n-m) {
			return nil, errTags
		}
		b = b[n+m+int(size):]
	}
	return b, nil
}
