package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/kafkaio/kafkaio/internal/filter"
	"github.com/kafkaio/kafkaio/internal/policy"
)

// looksAtFrames reports whether the bridge looks at the frames of connections, and not just passes bytes.
func (b *Bridge) looksAtFrames() bool { return b.policies.Load() != nil || b.config.SASL != nil }

// SetPolicies replaces the policies, for connections that are open too: each request obeys the policies of
// the moment at which it comes. On an error the policies stay. A Bridge that New made without policies can
// get none: it doesn't look into its open connections.
func (b *Bridge) SetPolicies(policies []Policy) error {
	if b.policies.Load() == nil {
		return errors.New("bridge: SetPolicies of a Bridge without policies: set Config.Policies, which may be empty")
	}
	set, err := policy.New(policies)
	if err != nil {
		return fmt.Errorf("bridge: %w", err)
	}
	b.policies.Store(set)
	return nil
}

// newFrameRelay returns the relay of a connection of a session. Once lapsed has ended, the relay takes no
// request any more, and closes the connection with its cause when the broker has answered, or 30 s later.
func (b *Bridge) newFrameRelay(client frameClient, broker *connection, of *sessionIdentity, lapsed context.Context) *frameRelay {
	who := of.current
	r := &frameRelay{client: client, broker: broker, parsing: b.parsing, lapsed: lapsed}
	if b.policies.Load() == nil {
		r.refuse = "the bridge authenticates to this cluster in place of its clients: connect without TLS and without SASL"
		r.frames = &heldFrames{identity: who().Name}
		return r
	}
	r.refuse = "this bridge has a policy, and can't look into TLS from client to broker: connect without TLS; the bridge may speak TLS with the brokers"
	r.frames = filter.New(filter.Options{
		Rights: func() *policy.Rights {
			i := who()
			return b.policies.Load().Rights(b.config.Name, i.Name, i.Groups)
		},
		Identity: who().Name,
		HeldSASL: b.config.SASL != nil,
		TopicNames: func(ctx context.Context, ids [][16]byte) map[[16]byte]string {
			names, unknown := of.topicNames.known.cached(ids)
			if len(unknown) == 0 {
				return names
			}
			resume, ok := pauseParsing(ctx)
			if !ok { // as if the cluster could not be asked: clients try again
				return names
			}
			defer resume()
			of.topicNames.learn(ctx, unknown)
			names, _ = of.topicNames.known.cached(ids)
			return names
		},
		Denied: func(d filter.Denial) {
			b.logDenial(d, of.remote, who().Name)
		},
	})
	return r
}

// logDenial logs a denial, without the fields that are empty.
func (b *Bridge) logDenial(d filter.Denial, remote, identity string) {
	fields := []slog.Attr{
		slog.String("remote", remote), slog.String("identity", identity),
		slog.String("api", d.API), slog.Int("version", int(d.Version)),
		slog.String("resource", d.Resource), slog.Bool("observed", d.Observed),
	}
	fields = slices.DeleteFunc(fields, func(f slog.Attr) bool {
		return f.Value.Equal(slog.StringValue("")) || f.Value.Equal(slog.BoolValue(false))
	})
	b.log.LogAttrs(context.Background(), slog.LevelInfo, "denied", fields...)
}
