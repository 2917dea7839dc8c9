package kafkaio

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/leak"
)

// dialEnv has the test binary dial an address and do no tests, so that what the environment
// asks for can be seen.
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
