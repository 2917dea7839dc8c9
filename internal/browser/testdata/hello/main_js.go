// Command hello does what its argument says.
package main

import (
	"fmt"
	"os"
	"strings"
	"syscall/js"
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
	case "flood":
		line := []byte(strings.Repeat("x", 999) + "\n")
		for range 100_000 {
			os.Stdout.Write(line)
		}
	case "leave":
		js.Global().Get("location").Set("href", "about:blank")
		select {}
	case "panic":
		panic("at the disco")
	case "hang":
		fmt.Println("hanging")
		select {}
	}
}
