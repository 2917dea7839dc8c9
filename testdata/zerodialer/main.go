// Zerodialer dials with the zero Dialer and prints the code of the error, and the error.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kafkaio/kafkaio"
)

func main() {
	_, err := kafkaio.Dial(context.Background(), "broker:9092")
	fmt.Println(errors.Is(err, kafkaio.ErrMismatchArgument), err)
}
