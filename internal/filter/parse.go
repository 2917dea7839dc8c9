package filter

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/bufferpool"
)

var errTrailing = errors.New("bytes follow its end")

// readRequest parses the body of a request into req, which has its version. It refers to body. It has no
// unknown tags: Kafka may know them.
func readRequest(req kmsg.Request, body []byte) error {
	isProduce := req.Key() == keyProduce
	if isProduce {
		if _, err := checkProduced(req.GetVersion(), body); err != nil {
			return err
		}
	}
	if err := unsafeRead(req, body); err != nil {
		return err
	}
	if err := checkListed(req, len(body)); err != nil {
		return err
	}
	if !isProduce && !encodesTo(req, len(body)) && hasTrailing(req, body) {
		return errTrailing
	}
	if req.IsFlexible() {
		dropUnknownTags(req)
	}
	return nil
}

func unsafeRead(req kmsg.Request, body []byte) error {
	return req.(kmsg.UnsafeReadFrom).UnsafeReadFrom(body)
}

// encodesTo reports whether kmsg's encoding of a parsed request has size bytes, those of its body. Then nothing
// follows it in the body, since kmsg's encoding is the shortest. The reverse isn't true.
func encodesTo(req kmsg.Request, size int) bool {
	b := req.AppendTo(bufferpool.Get(size))
	defer bufferpool.Put(b)
	return len(b) == size
}

// hasTrailing reports whether bytes follow a request, which kmsg ignores: a request that is whole without the
// last byte of body has such bytes.
func hasTrailing(req kmsg.Request, body []byte) bool {
	if len(body) == 0 {
		return false
	}
	without := kmsg.RequestForKey(req.Key())
	without.SetVersion(req.GetVersion())
	return unsafeRead(without, body[:len(body)-1]) == nil
}

// readResponse parses the body of an answer, which it copies. It drops unknown tags: they may name anything.
func readResponse(resp kmsg.Response, version int16, body []byte) error {
	resp.SetVersion(version)
	if err := resp.ReadFrom(body); err != nil {
		return err
	}
	if resp.IsFlexible() {
		dropUnknownTags(resp)
	}
	return nil
}
