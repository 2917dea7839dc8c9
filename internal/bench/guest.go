package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/kafkaio/kafkaio/wasmhost"
)

// A guest is the program inguest, as a WASI guest in this process.
type guest struct {
	stdin   io.WriteCloser
	answers *bufio.Scanner
	ended   chan error
}

func startGuest(wasm []byte, bridge, addr string) *guest {
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	g := &guest{stdin, bufio.NewScanner(stdout), make(chan error, 1)}
	go func() {
		code, err := wasmhost.Run(context.Background(), wasm, wasmhost.Config{
			Args: []string{"inguest", bridge, addr}, Stdin: in, Stdout: out, Stderr: os.Stderr, Dial: new(net.Dialer).DialContext,
		})
		if err == nil && code != 0 {
			err = fmt.Errorf("the guest ended with code %d", code)
		}
		out.CloseWithError(errors.Join(err, io.EOF))
		g.ended <- err
	}()
	return g
}

// do has it do something n times.
func (g *guest) do(what string, n int, more string) (answer string, err error) {
	if _, err := fmt.Fprintln(g.stdin, what, n, more); err != nil {
		return "", err
	}
	if !g.answers.Scan() {
		return "", errors.Join(errors.New("the guest has ended"), g.answers.Err())
	}
	return g.answers.Text(), nil
}

func (g *guest) stop() error {
	g.stdin.Close()
	return <-g.ended
}
