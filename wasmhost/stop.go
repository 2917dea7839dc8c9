package wasmhost

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/kafkaio/kafkaio/internal/wasmbinary"
)

// A guest is a program that runs, or a library. It stops at the end of a context even while it computes: it was compiled
// with checks of a variable, which is set then. wazero's own checks (WithCloseOnContextDone) leave its machine code in each
// iteration of each loop, which takes 40 times as long.
type guest struct {
	module  api.Module
	network *network
	stop    api.MutableGlobal
}

// start makes a guest, and runs the function that initializes it.
func (h *Host) start(ctx context.Context, n *network, function string) (*guest, error) {
	module, err := h.runtime.InstantiateModule(ctx, h.wasm, h.config.module(n).WithStartFunctions())
	if err != nil {
		return nil, err
	}
	g := &guest{module, n, module.ExportedGlobal(wasmbinary.StopGlobal).(api.MutableGlobal)}
	context.AfterFunc(n.ctx, func() { g.stop.Set(1) })
	for _, name := range []string{wasmbinary.StartFunction, function} {
		if f := module.ExportedFunction(name); f != nil {
			if _, err := g.call(ctx, f); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}

// call calls a function. The error is a *sys.ExitError if the guest has exited.
func (g *guest) call(ctx context.Context, f api.Function, params ...uint64) ([]uint64, error) {
	done := make(chan struct{})
	forget := context.AfterFunc(ctx, func() {
		g.stop.Set(1)
		close(done)
	})
	results, err := f.Call(context.WithValue(ctx, networkKey{}, g.network), params...)
	if !forget() {
		<-done
		if err == nil && g.network.ctx.Err() == nil {
			g.stop.Set(0) // ctx has ended too late for this call
		}
	}
	var exit *sys.ExitError
	switch {
	case err == nil || errors.As(err, &exit):
		return results, err
	case ctx.Err() != nil:
		return nil, fmt.Errorf("stopped: %w", ctx.Err())
	case g.network.ctx.Err() != nil:
		return nil, fmt.Errorf("stopped: %w", errClosed)
	}
	return nil, err
}
