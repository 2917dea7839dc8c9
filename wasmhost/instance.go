package wasmhost

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// An Instance is a library that runs: it has a memory and connections of its own. Its goroutines run while a function of
// it is called, and only then. One goroutine at a time may use an Instance.
type Instance struct {
	guest   *guest // nil: it didn't start
	network *network
	end     context.CancelFunc
	ended   error // what a call ended with, after which nothing more can be called
}

// Instance starts the library: it runs _initialize, in Go all init functions, within ctx.
func (h *Host) Instance(ctx context.Context) (*Instance, error) {
	lifetime, end := context.WithCancel(h.lifetime)
	n := newNetwork(lifetime, h.config)
	g, err := h.start(ctx, n, "_initialize")
	i := &Instance{guest: g, network: n, end: end}
	if err != nil {
		i.Close()
		return nil, fmt.Errorf("wasmhost: _initialize: %w", told(err))
	}
	return i, nil
}

// Call calls an exported function, such as one with //go:wasmexport. Parameters and results are as in
// https://pkg.go.dev/github.com/tetratelabs/wazero/api#Function. After an error that isn't about the name or the number of parameters, the
// Instance is of no more use: the function has trapped or exited, or ctx has ended, which stops it even while it computes.
func (i *Instance) Call(ctx context.Context, function string, params ...uint64) ([]uint64, error) {
	f := i.guest.module.ExportedFunction(function)
	if i.ended != nil {
		return nil, fmt.Errorf("wasmhost: %s: the instance has ended before: %w", function, i.ended)
	}
	if f == nil {
		return nil, fmt.Errorf("wasmhost: the library exports no function %s", function)
	}
	if want := len(f.Definition().ParamTypes()); len(params) != want {
		return nil, fmt.Errorf("wasmhost: %s takes %d parameters, and was given %d", function, want, len(params))
	}
	results, err := i.guest.call(ctx, f, params...)
	if err != nil {
		i.ended = told(err)
		return nil, fmt.Errorf("wasmhost: %s: %w", function, i.ended)
	}
	return results, nil
}

// Memory is the library's memory, in which it and its host pass on what isn't a number. The library may move what it
// doesn't keep in use, and each Call may grow the memory: read anew then.
func (i *Instance) Memory() api.Memory { return i.guest.module.Memory() }

// Close ends the library. It sends what the library wrote to its connections, for up to 5 seconds.
func (i *Instance) Close() error {
	i.ended = errClosed
	defer i.end()
	i.network.close()
	if i.guest == nil {
		return nil
	}
	return i.guest.module.Close(context.Background())
}

var errClosed = errors.New("it was closed")

// told says of a library that has exited what it did.
func told(err error) error {
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("it exited with code %d", exit.ExitCode())
	}
	return err
}
