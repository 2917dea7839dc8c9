package wasmhost

import (
	"context"
	"fmt"
	"runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/kafkaio/kafkaio/internal/wasmbinary"
)

// A Host has compiled a library of exported functions, as go build -buildmode=c-shared makes one, and makes instances of
// it. Several goroutines may use a Host.
type Host struct {
	config   Config
	runtime  wazero.Runtime
	wasm     wazero.CompiledModule
	lifetime context.Context
	end      context.CancelFunc
}

// New compiles a GOOS=wasip1 GOARCH=wasm library. Config is what each instance may use: of Config.MaxSockets and
// MaxMemory each gets as much.
func New(ctx context.Context, wasm []byte, c Config) (*Host, error) {
	return newHost(ctx, wasm, c, wasmbinary.Library)
}

func newHost(ctx context.Context, wasm []byte, c Config, kind wasmbinary.Kind) (*Host, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("wasmhost: not started: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("wasmhost: %w", err)
	}
	err := wasmbinary.Check(wasm, kind)
	if err == nil {
		wasm, err = wasmbinary.Stoppable(wasm)
	}
	if err != nil {
		return nil, fmt.Errorf("wasmhost: the program can't run: %w", err)
	}
	config := c.limitMemory(wazero.NewRuntimeConfig().WithDebugInfoEnabled(false))
	if c.Cache != nil {
		config = config.WithCompilationCache(c.Cache)
	}
	h := &Host{config: c, runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	h.lifetime, h.end = context.WithCancel(context.Background())
	if err := instantiateWASI(ctx, h.runtime); err != nil {
		h.Close()
		return nil, fmt.Errorf("wasmhost: %w", err)
	}
	// A compiled program that is never closed stays in the cache, if there is one, and is
	// closed with the runtime otherwise.
	if h.wasm, err = h.runtime.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), wasm); err != nil {
		h.Close()
		return nil, c.compileError(err)
	}
	return h, nil
}

// Close ends all instances of the library, and what they do. Close those first that have something to send.
func (h *Host) Close() error {
	h.end()
	return h.runtime.Close(context.Background())
}
