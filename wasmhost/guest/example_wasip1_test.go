package guest_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func ExampleDial() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := guest.Dial(ctx, "tcp", "localhost:7")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintln(c, "hello")
	io.CopyN(log.Writer(), c, 6)
}
