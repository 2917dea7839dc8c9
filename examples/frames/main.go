// Frames asks a broker what it supports, with nothing but a connection: it sends one frame, whose
// bytes it makes itself, and receives one.
//
//	go run ./frames -broker localhost:9092
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker; of several with commas between, the first is taken")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	addr, _, _ := strings.Cut(*broker, ",") // a connection is to one of them
	if err := ask(context.Background(), addr); err != nil {
		log.Fatal(err)
	}
}

func ask(ctx context.Context, broker string) error {
	d := &kafkaio.Dialer{Timeout: 5 * time.Second}
	conn, err := d.Dial(ctx, broker)
	if err != nil {
		return err
	}
	defer conn.Close()

	const apiVersions, version, correlationID, clientID = 18, 0, 1, "frames"
	request := binary.BigEndian.AppendUint16(nil, apiVersions)
	request = binary.BigEndian.AppendUint16(request, version)
	request = binary.BigEndian.AppendUint32(request, correlationID)
	request = binary.BigEndian.AppendUint16(request, uint16(len(clientID)))
	request = append(request, clientID...)
	if err := conn.WriteFrame(ctx, request); err != nil {
		return err
	}
	response, err := conn.ReadFrame(ctx, nil)
	if err != nil {
		return err
	}

	// The correlation ID, an error code, a count, and so many requests of six bytes.
	const header, each = 4 + 2 + 4, 6
	if len(response) < header {
		return fmt.Errorf("a response of %d bytes", len(response))
	}
	count := int(binary.BigEndian.Uint32(response[6:]))
	fmt.Printf("%s answered in %d bytes. It supports %d requests:\n", broker, len(response), count)
	for r := response[header:]; len(r) >= each; r = r[each:] {
		key, lowest, highest := binary.BigEndian.Uint16(r), binary.BigEndian.Uint16(r[2:]), binary.BigEndian.Uint16(r[4:])
		fmt.Printf("  API key %2d, versions %d to %d\n", key, lowest, highest)
	}
	return nil
}
