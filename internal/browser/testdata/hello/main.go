// Command hello does what its argument says.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	switch os.Args[1] {
	case "greet":
		fmt.Println(os.Getenv("GREETING"), os.Args[2])
		fmt.Fprintln(os.Stderr, "on stderr")
		os.Exit(3)
	case "much":
		for i := range 20000 {
			fmt.Printf("%d %s\n", i, strings.Repeat("x", 60))
		}
	case "panic":
		panic("at the disco")
	case "hang":
		fmt.Println("hanging")
		select {}
	}
}
