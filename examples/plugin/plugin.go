package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/kafkaio/kafkaio/wasmhost"
)

// A plugin runs the library in a file. It may use 256 MiB of memory and 10 s a record, no file and no connection.
type plugin struct {
	file     string
	build    fs.FileInfo // of the build that runs
	host     *wasmhost.Host
	instance *wasmhost.Instance
}

// reload takes up the file if it has changed. After an error the build before it runs on, and the next call tries again:
// the file may be half written.
func (p *plugin) reload(ctx context.Context) error {
	build, err := os.Stat(p.file)
	if err != nil || p.host != nil && build.Size() == p.build.Size() && build.ModTime().Equal(p.build.ModTime()) {
		return err
	}
	wasm, err := os.ReadFile(p.file)
	if err != nil {
		return err
	}
	host, err := wasmhost.New(ctx, wasm, wasmhost.Config{Stderr: os.Stderr, MaxMemory: 256 << 20})
	if err != nil {
		return err
	}
	instance, err := host.Instance(ctx)
	if err != nil {
		host.Close()
		return err
	}
	p.close()
	p.build, p.host, p.instance = build, host, instance
	fmt.Printf("%s runs, built %s\n", p.file, build.ModTime().Format(time.TimeOnly))
	return nil
}

func (p *plugin) close() {
	if p.host != nil {
		p.instance.Close()
		p.host.Close()
	}
}

// transform returns what the plugin makes of a record's value.
func (p *plugin) transform(value []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	at, err := p.call(ctx, "allocate", uint64(len(value)))
	if err != nil {
		return nil, err
	}
	if !p.instance.Memory().Write(uint32(at), value) {
		return nil, errors.New("allocate returned an address outside of the plugin's memory")
	}
	result, err := p.call(ctx, "transform")
	if err != nil {
		return nil, err
	}
	transformed, ok := p.instance.Memory().Read(uint32(result>>32), uint32(result))
	if !ok {
		return nil, errors.New("transform returned an address outside of the plugin's memory")
	}
	return bytes.Clone(transformed), nil // the plugin may change its memory in the next call
}

// call calls a function that returns one number.
func (p *plugin) call(ctx context.Context, function string, params ...uint64) (uint64, error) {
	results, err := p.instance.Call(ctx, function, params...)
	if err != nil {
		return 0, err
	}
	if len(results) != 1 {
		return 0, fmt.Errorf("%s returned %d values, and one was expected", function, len(results))
	}
	return results[0], nil
}
