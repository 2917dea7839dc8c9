package rpc

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// Versions returns what the broker answered to the ApiVersions request that comes before all others,
// and makes that request if it wasn't made. The response is not to be changed.
//
// It is for who wants to know more than that a request can be made: the features of KIP-584, say. A
// broker takes only one such request before SASL, and so hangs up where Do makes another.
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

// versions are a broker's.
type versions struct {
	answer *kmsg.ApiVersionsResponse
	of     [kmsg.MaxKey + 1]struct { // from the lowest to the highest of each API, by its key
		known    bool
		min, max int16
	}
}

// choose returns the highest version of req that the broker has, if it isn't below least.
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

// negotiated returns the broker's versions. Where several callers need them, one asks; if it leaves
// before it has them, so does the next.
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

// negotiate asks in the highest version that is known here. A broker that doesn't know it answers in
// version 0 with UNSUPPORTED_VERSION, and since Kafka 2.4 with the versions that it has (KIP-511);
// before, 0 is sure.
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

// lowerVersion returns the highest version of ApiVersions, below the one that was asked in, that the
// broker says it has.
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
