package rpc

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Versions returns the broker's response to ApiVersions, the first request on p. It makes that request
// if it wasn't made yet. Don't change the response.
//
// [Do] chooses versions by itself. Call Versions to learn more, such as the broker's features
// (KIP-584). Don't make an ApiVersions request with Do for that: a broker accepts only one before
// SASL, and closes the connection at the second.
func Versions(ctx context.Context, p *core.Pipeline) (*kmsg.ApiVersionsResponse, error) {
	c := clientOf(p)
	if err := c.gate.Acquire(ctx, 1); err != nil {
		return nil, c.notSent(err)
	}
	defer c.gate.Release(1)
	v, err := c.negotiated(ctx)
	if err != nil {
		return nil, err
	}
	return v.answer, nil
}

// versions is what a broker answered to ApiVersions.
type versions struct {
	answer *kmsg.ApiVersionsResponse
	of     [kmsg.MaxKey + 1]struct { // by API key
		known    bool
		min, max int16
	}
}

// choose returns the highest version of req that the broker has. It fails if that is below least.
func (c *client) choose(v *versions, req kmsg.Request, least int16) (int16, error) {
	key, lowest, highest := req.Key(), int16(-1), int16(-1)
	if key >= 0 && int(key) < len(v.of) && v.of[key].known {
		lowest, highest = v.of[key].min, v.of[key].max
		if version := min(highest, req.MaxVersion()); version >= max(lowest, least, 0) {
			return version, nil
		}
	}
	return 0, &VersionError{Addr: c.pipeline.Addr(), Key: key, Min: lowest, Max: highest, Least: least, Most: req.MaxVersion()}
}

// negotiated returns the broker's versions. If several callers need them, one asks and the others
// wait. If that caller's context ends, the next one asks.
func (c *client) negotiated(ctx context.Context) (*versions, error) {
	if v := c.versions.Load(); v != nil {
		return v, nil
	}
	select {
	case c.negotiating <- struct{}{}:
		defer func() { <-c.negotiating }()
	case <-ctx.Done():
		return nil, c.notSent(ctx.Err())
	}
	if v := c.versions.Load(); v != nil {
		return v, nil
	}
	v, err := c.negotiate(ctx)
	if err == nil {
		c.versions.Store(v)
	}
	return v, err
}

// negotiate makes the ApiVersions request, in the highest version kmsg has. A broker without that
// version answers in version 0 with UNSUPPORTED_VERSION. Since Kafka 2.4 that answer lists its
// versions of ApiVersions (KIP-511), and negotiate uses one of them. An older broker gets version 0.
func (c *client) negotiate(ctx context.Context) (*versions, error) {
	req := kmsg.NewPtrApiVersionsRequest()
	c.introduce(req)
	for version := req.MaxVersion(); ; {
		req.SetVersion(version)
		payload, err := c.roundTrip(ctx, req)
		if err != nil {
			return nil, err
		}
		resp := req.ResponseKind().(*kmsg.ApiVersionsResponse)
		unsupported := len(payload) >= 6 && int16(binary.BigEndian.Uint16(payload[4:])) == kerr.UnsupportedVersion.Code
		if unsupported {
			resp.SetVersion(0)
		}
		if err := c.decode(resp, payload); err != nil {
			return nil, err
		}
		if !unsupported || version == 0 {
			c.noteThrottle(resp)
			return versionsOf(resp), c.apiVersionsError(resp)
		}
		version = lowerVersion(resp, version)
	}
}

// lowerVersion returns the highest version of ApiVersions that resp lists, if it is below asked.
// Otherwise it returns 0.
func lowerVersion(resp *kmsg.ApiVersionsResponse, asked int16) int16 {
	for _, k := range resp.ApiKeys {
		if k.ApiKey == resp.Key() && 0 < k.MaxVersion && k.MaxVersion < asked {
			return k.MaxVersion
		}
	}
	return 0
}

func (c *client) apiVersionsError(resp *kmsg.ApiVersionsResponse) error {
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return fmt.Errorf("kafkaio: %s refused ApiVersions: %w", c.pipeline.Addr(), err)
	}
	return nil
}

func versionsOf(resp *kmsg.ApiVersionsResponse) *versions {
	v := &versions{answer: resp}
	for _, k := range resp.ApiKeys {
		if k.ApiKey >= 0 && int(k.ApiKey) < len(v.of) {
			a := &v.of[k.ApiKey]
			a.known, a.min, a.max = true, k.MinVersion, k.MaxVersion
		}
	}
	return v
}
