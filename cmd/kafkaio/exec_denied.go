package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// explainDenied returns open, which dials or listens, with the flag that would have allowed what it refuses.
func explainDenied[C any](flag string, open func(context.Context, string, string) (C, error)) func(context.Context, string, string) (C, error) {
	return func(ctx context.Context, network, addr string) (C, error) {
		c, err := open(ctx, network, addr)
		if errors.Is(err, fs.ErrPermission) {
			if strings.HasPrefix(network, "udp") {
				addr = "udp:" + addr
			}
			err = fmt.Errorf("%w: kafkaio exec %s %s allows it", err, flag, addr)
		}
		return c, err
	}
}
