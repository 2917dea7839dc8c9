package kafkaio

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/leak"
)

// dialEnv, if set, makes the test binary dial its address and run no tests, for tests of environment
// variables.
const dialEnv = "KAFKAIO_TEST_DIAL"

func TestMain(m *testing.M) {
	if addr := os.Getenv(dialEnv); addr != "" {
		for range 2 {
			c, err := Dial(context.Background(), addr)
			if err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			c.Close()
		}
		os.Exit(0)
	}
	leak.Main(m)
}
