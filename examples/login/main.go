// Login puts a bridge into a web server that has users already, see site.go. A page of it reaches the brokers, and nothing
// else, while its user is logged in:
//
//	make
//	cd examples && PASSWORD=secret go run ./login -broker localhost:9092
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of a broker; of a cluster on this machine list every broker, with commas between")
	listen := flag.String("listen", "127.0.0.1:8644", "`host:port` of the site")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("%q is not a flag: name the broker with -broker", flag.Arg(0))
	}
	password := os.Getenv("PASSWORD")
	if password == "" {
		log.Fatal("PASSWORD is empty: set it to the one that logs in")
	}
	s := &site{password: password, sessions: make(map[string]session)}
	b, err := bridge.New(bridge.Config{
		Brokers: strings.Split(*broker, ","), // and those that they name
		Hosts:   []string{"tools.example"},   // the site's names besides localhost
		// No token: the request that opens the WebSocket has the cookie.
		Authorize: func(_ context.Context, r *http.Request, _ string) (bridge.Identity, error) {
			session, ok := s.session(r)
			if !ok {
				return bridge.Identity{}, errors.New("log in first")
			}
			return bridge.Identity{Name: session.user, Expires: session.expires}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	s.loggedOut = func(user string) { b.Revoke(func(who bridge.Identity) bool { return who.Name == user }) }
	files, err := web.Handler() // the npm package: kafkaio.js, and what it loads
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/kafka", b)
	s.handle(mux)
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("open http://%s%s\n", l.Addr(), pagePath)
	log.Fatal(http.Serve(l, http.NewCrossOriginProtection().Handler(mux)))
}
