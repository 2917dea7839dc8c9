package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/kafkaio/kafkaio/internal/bench/work"
	"github.com/kafkaio/kafkaio/internal/browser"
)

const (
	consumeTopic      = "consume"
	consumePartitions = 3
	// consumeRecords are read in one turn, from the beginning.
	consumeRecords = 1_000_000
	consumeRounds  = 5
)

// A consumer consumes records, and returns how many a second it got. The time begins when a tenth of them have
// come, so that joining a group counts for nobody.
type consumer struct {
	name    string
	consume func(records int) (rate float64, err error)
}

// benchConsume compares the npm package in a page with clients in Node, and with franz-go, on one topic.
func benchConsume() ([]row, error) {
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	kafka, err := startKafka()
	if err != nil {
		return nil, err
	}
	defer kafka.stop()
	ctx := context.Background()
	if err := kafka.create(ctx, consumeTopic, consumePartitions); err != nil {
		return nil, err
	}
	if err := kafka.produce(ctx, consumeTopic, consumePartitions, consumeRecords*11/10); err != nil {
		return nil, err
	}
	if err := s.bridgeTo("/kafka", kafka.addr); err != nil {
		return nil, err
	}
	peers := []consumer{{"franz-go, native", func(n int) (float64, error) { return work.Consume(kafka.addr, consumeTopic, n) }}}
	for _, p := range []struct{ name, script string }{
		{"kafkajs in Node", "kafkajs.js"},
		{"@platformatic/kafka in Node", "platformatic.js"},
	} {
		c, err := startNode(p.script, kafka.addr, consumeTopic)
		if err != nil {
			return nil, err
		}
		defer c.stop()
		peers = append(peers, consumer{p.name, func(n int) (float64, error) {
			answer, err := c.ask(strconv.Itoa(n))
			if err != nil {
				return 0, err
			}
			return strconv.ParseFloat(answer, 64)
		}})
	}
	return inEachBrowser(func(b browser.Browser) ([]row, error) { return consumeIn(b, s, peers) })
}

// startNode starts one of the scripts in clients in the Node of the package's tests.
func startNode(script string, args ...string) (*child, error) {
	const clients = "clients"
	if _, err := os.Stat(filepath.Join(clients, "node_modules")); err != nil {
		return nil, fmt.Errorf("the clients for Node aren't installed: cd internal/bench/%s && npm ci", clients)
	}
	node, err := filepath.Abs("../../web/test/node_modules/.bin/node")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(node); err != nil {
		return nil, errors.New("web/test has no Node: make web/test/node_modules")
	}
	cmd := exec.Command(node, append([]string{script}, args...)...)
	cmd.Dir = clients
	return startCommand(script, cmd)
}

// consumeIn has the package in a browser's page take turns with its peers.
func consumeIn(b browser.Browser, s server, peers []consumer) ([]row, error) {
	p, err := openPage(b, s)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	ours := consumer{b.Name + ": kafkaio in a page", func(n int) (float64, error) {
		var r struct{ Rate float64 }
		err := p.do(order{"do": "consume", "topic": consumeTopic, "records": n}, &r)
		return r.Rate, err
	}}
	all := append([]consumer{ours}, peers...)
	rates := make([][]float64, len(all))
	for round := range consumeRounds + 1 {
		for i := range all {
			c := (i + round) % len(all)
			rate, err := all[c].consume(consumeRecords)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", all[c].name, err)
			}
			if round > 0 { // the first one warms up
				rates[c] = append(rates[c], rate)
			}
		}
	}
	budgets := []string{"", "", "≥ 1 ×, goal 1.2 ×", "≥ 2 ×"}
	var rows []row
	for i, c := range all {
		r := row{what: c.name, value: "records/s: " + spread("%.0f", rates[i]), budget: budgets[i]}
		if i > 0 {
			r.what = "  beside " + r.what
			ratios := make([]float64, consumeRounds)
			for round := range ratios {
				ratios[round] = rates[0][round] / rates[i][round]
			}
			r.ratio = "kafkaio has " + spread("%.2f", ratios) + " ×"
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// spread is the median, the least and the most.
func spread(format string, x []float64) string {
	m := median(x)
	return fmt.Sprintf(format+" ("+format+"–"+format+")", m, slices.Min(x), slices.Max(x))
}
