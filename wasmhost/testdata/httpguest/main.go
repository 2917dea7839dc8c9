// Httpguest is a guest that serves HTTP, or asks for the URLs in its arguments.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(command string, args []string) error {
	if command == "serve" {
		return serve(args[0])
	}
	client := &http.Client{Transport: &http.Transport{DialContext: guest.Dial}}
	for _, url := range args {
		response, err := client.Get(url)
		if err != nil {
			return err
		}
		io.Copy(os.Stdout, response.Body)
		response.Body.Close()
	}
	return nil
}

func serve(addr string) error {
	listener, err := guest.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	mux := http.NewServeMux()
	server := &http.Server{Handler: mux}
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // net/http reads no more of it once there is an answer
		w.Write(body)
	})
	ended := make(chan struct{})
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		go func() {
			defer close(ended)
			server.Shutdown(context.Background())
		}()
	})
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	<-ended
	return nil
}
