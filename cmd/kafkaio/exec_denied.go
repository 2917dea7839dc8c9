package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
)

// explainDenied returns dial with the flag that would have allowed what it refuses.
func explainDenied(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: kafkaio exec --allow %s allows it", err, addr)
		}
		return c, err
	}
}
