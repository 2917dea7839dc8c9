// Command bench prints how kafkaio compares with its peers, as ratios measured side by side in
// one run: contenders take turns, so that a slow moment of the machine hits all of them.
//
//	make bench                        the whole table
//	cd internal/bench && go run . -only frame,bridge
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// A row of the table: a contender beside the one it is compared with.
type row struct {
	what, value, ratio, budget string
}

// A section measures one group of rows.
type section struct {
	name, title string
	run         func() ([]row, error)
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == childArg {
		if err := runChild(os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", os.Args[2], err)
			os.Exit(1)
		}
		return
	}
	sections := []section{
		{"frame", "frame round trip, 100 bytes, loopback", benchFrames},
		{"rpc", "Metadata of three brokers on one connection, decoded, by concurrent callers", benchRPC},
		{"hostile", "a server that is no broker: bytes allocated, and what the user is told", benchHostile},
		{"bridge", "round trip of 100 bytes through the bridge, native client", benchBridgeRoundTrip},
		{"throughput", "bytes received through the bridge, native client", benchBridgeThroughput},
		{"policy", "the bridge with a policy beside itself without", benchPolicy},
		{"idle", "idle sessions, held by the bridge alone in its process", benchIdle},
		{"memory", "a client that stops reading, held by the bridge alone in its process", benchMemory},
		{"page", "bytes received and sent in a page and in its Worker, 64 KiB messages", benchPages},
		{"consume", "records of 100 bytes consumed: median of turns (least–most)", benchConsume},
		{"guest", "a client in a WASI guest beside the same natively", benchGuest},
		{"first", "from navigation to the first record: median of reloads (least–most)", benchFirst},
		{"task", "how long the main thread of a page with the npm package is busy at a stretch", benchTask},
		{"growth", "memory of a browser whose page consumes with the npm package", benchGrowth},
		{"size", "size of wasm programs, brotli", benchSizes},
	}
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	only := flag.String("only", "", "comma-separated sections to run: "+strings.Join(names, ", "))
	flag.Parse()

	fmt.Printf("%s, %d cores; medians of alternating rounds\n", runtime.Version(), runtime.NumCPU())
	failed := false
	for _, s := range sections {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), s.name) {
			continue
		}
		rows, err := s.run()
		print(s.title, rows)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", s.name, err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func print(title string, rows []row) {
	fmt.Printf("\n%s\n", title)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", r.what, r.value, r.ratio, r.budget)
	}
	w.Flush()
}
