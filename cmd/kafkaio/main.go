// Command kafkaio explores Kafka clusters from a browser.
//
//	kafkaio demo                           a cluster of its own, to look around
//	kafkaio explore host:9092              a cluster of yours
//	kafkaio bridge bridge.yaml             clusters for others, as far as you allow
//	kafkaio ping host:9092                 what keeps clients from a cluster
//	kafkaio exec program.wasm              a WASI program with sockets
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/web"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1 // it did not work
	exitUsage = 2 // the command line makes no sense
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, web.Handler, os.Args[1:], os.Stdout, os.Stderr))
}

// A pageFunc returns what serves the page, or web.ErrNotBuilt.
type pageFunc func() (http.Handler, error)

// run is the whole program; it returns the exit code.
func run(ctx context.Context, page pageFunc, args []string, stdout, stderr io.Writer) int {
	out := &checkedWriter{w: stdout}
	root := newRoot(page)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if out.err != nil {
		err = out.failure()
	}
	if err == nil {
		return exitOK
	}
	if code, ok := errors.AsType[exitCode](err); ok {
		return int(code)
	}
	fmt.Fprintf(stderr, "kafkaio: %v\n", err)
	if _, ok := errors.AsType[*failure](err); ok {
		return exitError
	}
	if _, ok := errors.AsType[*fileError](err); !ok {
		fmt.Fprintf(stderr, "Run '%s --help' to see how it is used.\n", strings.TrimSuffix(command.CommandPath(), " help"))
	}
	return exitUsage
}

// An exitCode is the error of a command that has printed why it ends.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// A failure is an error in what a command did. All other errors are about how the user called it.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// A fileError is about a file that the command line names. It ends with exitUsage, without a hint at
// --help, which says no more about the file.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func badFile(format string, args ...any) error { return &fileError{fmt.Errorf(format, args...)} }

func failed(format string, args ...any) error { return &failure{fmt.Errorf(format, args...)} }

func newRoot(page pageFunc) *cobra.Command {
	root := &cobra.Command{
		Use:   "kafkaio",
		Short: "Explore Kafka from a browser tab that speaks Kafka's own protocol",
		Long: `kafkaio opens the explorer, a page in which a Kafka client runs: it shows a cluster, its topics,
messages and groups, and what goes over the wire. The page talks to the brokers itself, through a
WebSocket bridge on this machine that passes bytes on.`,
		Example: `  kafkaio demo                               look around in a small cluster with live data
  kafkaio explore localhost:9092             a cluster of your own
  kafkaio bridge bridge.yaml                 clusters for others, as far as you allow
  kafkaio ping localhost:9092                what keeps clients from a cluster, if anything`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return nil
		},
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: refuseEmptyFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			return c.Help()
		},
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(newDemo(page), newExplore(page), newBridge(page), newPing(), newExec(), newVersion())
	return root
}
