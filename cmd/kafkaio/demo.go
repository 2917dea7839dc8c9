package main

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/bridge"
)

// demoBrokers is how many the demo has: enough for a page to need several connections.
const demoBrokers = 3

func newDemo(page pageFunc) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Open the explorer for a small cluster with live data, all in this process",
		Long: `Starts a cluster of three brokers in this process, and the explorer for it. Records keep arriving
in its topics orders and page-views. Of its groups one follows, one is stuck, and one has no
members. Nothing is stored, and only this machine can reach it.`,
		Example: `  kafkaio demo
  kafkaio demo --listen 127.0.0.1:9000`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			cluster, err := kfake.NewCluster(
				kfake.NumBrokers(demoBrokers),
				kfake.ClusterID("kafkaio-demo"),
				kfake.AllowAutoTopicCreation(),
				kfake.BrokerConfigs(map[string]string{"log.retention.ms": demoRetentionMillis}),
				kfake.SeedTopics(6, ordersTopic),
				kfake.SeedTopics(3, pageViewsTopic),
			)
			if err != nil {
				return failed("the demo's cluster did not start: %w", err)
			}
			defer cluster.Close()
			s, err := newSite(page, listen, c.Flags().Changed("listen"), bridge.Config{Brokers: cluster.ListenAddrs()})
			if err != nil {
				return err
			}
			defer s.listener.Close()
			data, err := newDemoData(cluster)
			if err != nil {
				return &failure{err}
			}
			defer data.close()
			ctx, cancel := context.WithCancel(c.Context())
			defer cancel()
			if err := data.start(ctx); ctx.Err() != nil {
				return failed("interrupted")
			} else if err != nil {
				return failed("the demo's data could not be stored: %w", err)
			}

			out := newPrinter(c.OutOrStdout())
			out.line("A Kafka cluster of %d brokers runs in this process, with live data.", demoBrokers)
			out.line("")
			s.printLink(out)
			out.line("")
			out.line("Then try: open a message of orders, search for a city, look at what group %s is stuck on,", stuckGroup)
			out.line("produce a message of your own, and see on the page Wire what went over the wire.")
			out.line("Ctrl-C stops it.")
			brokers := cluster.ListenAddrs()
			out.line("Other Kafka clients can join in at %s, or try: %s ping %s", strings.Join(brokers, ","), os.Args[0], brokers[0])
			if err := out.failure(); err != nil {
				return err
			}
			return s.serve(ctx)
		},
	}
	listenFlag(c.Flags(), &listen)
	return c
}
