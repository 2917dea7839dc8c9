package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

func newExplore(page pageFunc) *cobra.Command {
	var listen string
	var brokerFlags []string
	c := &cobra.Command{
		Use:   "explore --broker host:port[,host:port...]",
		Short: "Open the page for a cluster of your own",
		Long: `Starts the bridge and the page for the cluster that the brokers belong to, and prints the link
to open. One broker that answers is enough: it names the others. Of brokers on this machine each
has to be given, as in --broker localhost:9092,localhost:9093; where one is missing the command
that lists them all is printed. The connection to the brokers is plain TCP: listeners with TLS or
SASL are not supported here yet.`,
		Example: `  kafkaio explore --broker localhost:9092
  kafkaio explore --broker kafka-1:9092,kafka-2:9092
  kafkaio explore --broker localhost:9092 --listen 127.0.0.1:9000`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%q is an argument too many: brokers come with a flag, as in --broker %s", args[0], args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			brokers, err := brokerList(brokerFlags)
			if err != nil {
				return err
			}
			s, err := newSite(page, listen, c.Flags().Changed("listen"), brokers)
			if err != nil {
				return err
			}
			defer s.listener.Close()
			if err := checkBrokers(c.Context(), brokers); err != nil {
				return err
			}
			command := "kafkaio explore"
			if c.Flags().Changed("listen") {
				command += " --listen " + listen
			}
			if err := s.checkListed(c.Context(), command, brokers); err != nil {
				return err
			}
			out := newPrinter(c.OutOrStdout())
			out.line("Exploring the cluster at %s.", strings.Join(brokers, ", "))
			out.line("")
			s.printLink(out)
			out.line("")
			out.line("Ctrl-C stops it.")
			if err := out.failure(); err != nil {
				return err
			}
			return s.serve(c.Context())
		},
	}
	c.Flags().StringArrayVar(&brokerFlags, "broker", nil, "`host:port` of a broker; several are separated by commas (port 9092 when missing)")
	listenFlag(c.Flags(), &listen)
	return c
}

// checkBrokers wants one of the brokers to answer as a broker does, so that a mistyped address is
// said here and not in the page.
func checkBrokers(ctx context.Context, brokers []string) error {
	var problems []string
	for _, addr := range brokers {
		err := checkBroker(ctx, addr)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return failed("interrupted while asking %s", addr)
		}
		problems = append(problems, fmt.Sprintf("  %s: %v%s", addr, cause(err), advice(err)))
	}
	return failed("no broker answers:\n%s\nkafkaio ping %s says more", strings.Join(problems, "\n"), brokers[0])
}

// askTimeout is what the brokers may take to tell of their cluster, all of them together.
const askTimeout = 3 * time.Second

// checkListed wants the bridge to dial every broker that the cluster has on this machine: otherwise the
// page would show a part of the data as if it were all. The error ends with the command, with all of
// them. A cluster that can't be asked is let through.
func (s *site) checkListed(ctx context.Context, command string, brokers []string) error {
	askCtx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	special, unlisted, err := s.bridge.SpecialBrokers(askCtx)
	switch {
	case ctx.Err() != nil:
		return failed("interrupted while asking for the cluster's brokers")
	case err != nil, len(unlisted) == 0:
		return nil
	}
	return failed("the cluster has %d brokers on this machine; the bridge dials only those that are listed: %s --broker %s",
		len(special), command, strings.Join(slices.Concat(brokers, unlisted), ","))
}

// checkBroker asks a broker for the versions of the protocol that it speaks.
func checkBroker(ctx context.Context, addr string) error {
	conn, err := kafkaio.Dial(ctx, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	request := kmsg.NewPtrApiVersionsRequest()
	request.ClientSoftwareName, request.ClientSoftwareVersion = "kafkaio", "explore"
	const correlationID = 0x6b616b61
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kafkaio")).AppendRequest(nil, request, correlationID)
	if _, err := conn.Send(ctx, frame); err != nil {
		return err
	}
	answer, err := conn.ReadFrame(ctx, nil)
	if err != nil {
		return err
	}
	if len(answer) < 4 || binary.BigEndian.Uint32(answer) != correlationID {
		return &kafkaio.Error{Code: kafkaio.ErrMismatchCorrelationID, Op: "receive", Addr: addr, Err: errors.New("the answer is to no question")}
	}
	return nil
}

// cause is an error without what the message around it says already.
func cause(err error) error {
	if typed, ok := errors.AsType[*kafkaio.Error](err); ok && typed.Err != nil {
		err = typed.Err
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return errors.New(ping.NameReason(dns))
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// advice is what an operator would look at first.
func advice(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return ": nothing listens there. Is Kafka running, and is this the port of its listener?"
	case errors.As(err, &dns):
		return ": check the name, or use the address"
	case errors.Is(err, kafkaio.ErrCannotBind):
		return ": check the address, and firewalls in between"
	case errors.Is(err, kafkaio.ErrCannotReceive), errors.Is(err, kafkaio.ErrNoConnection), errors.Is(err, kafkaio.ErrMismatchCorrelationID):
		return ": something listens there, but it does not answer as a Kafka broker does. A listener with TLS is not supported yet"
	}
	return ""
}
