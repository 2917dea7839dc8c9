package client

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// untilCoordinated asks about a group, and asks again, within requestTimeout, as long as it has no coordinator: in a
// cluster that has had no group the brokers make the topic of their offsets now. franz-go asks for a coordinator once.
func untilCoordinated(ctx context.Context, ask func(ctx context.Context) *port.Error) *port.Error {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil || err.KafkaCode != kerr.CoordinatorNotAvailable.Code {
			return err
		}
		select {
		case <-time.After(backoff(1)):
		case <-ctx.Done():
			return err
		}
	}
}
