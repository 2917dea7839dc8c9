// Command sendreceive is the smallest program that is of use in a page: it sends a frame to a
// broker and receives one. Its size is what the benchmark measures.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/kafkaio/kafkaio"
)

func main() {
	ctx := context.Background()
	c, err := kafkaio.Dial(ctx, "localhost:9092")
	if err == nil {
		err = c.WriteFrame(ctx, []byte(os.Args[1]))
	}
	var answer []byte
	if err == nil {
		answer, err = c.ReadFrame(ctx, nil)
	}
	fmt.Println(answer, err)
}
