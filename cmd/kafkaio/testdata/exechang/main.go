// Exechang prints a line, and then gives its page no turn any more.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("it hangs")
	time.Sleep(time.Second) // so that the page can tell
	for {
	}
}
