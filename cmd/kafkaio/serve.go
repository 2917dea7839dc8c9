package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/web"
)

// defaultListen is where the page is by default. The port is fixed: links and the browser's history
// stay the same. The address is loopback: no other machine reaches the page.
const defaultListen = "127.0.0.1:8642"

// shutdownTimeout is what pages get to finish what they are doing when the command ends.
const shutdownTimeout = time.Second

// listenFlag adds --listen to a command.
func listenFlag(flags *pflag.FlagSet, listen *string) {
	flags.StringVar(listen, "listen", defaultListen, "loopback `host:port` of the page; port 0 is any free one, and so is the default if another program has it")
}

// A site is the page and the bridge on one port.
type site struct {
	listener net.Listener
	bridge   *bridge.Bridge
	server   *http.Server
	token    string // of this run; a page that doesn't know it isn't let in
	isMoved  bool   // the default port was taken
}

// runIdentity is who has the token of this run.
const runIdentity = "kafkaio"

// newSite listens at addr, and adds to config whom it lets in. explicit says that the user chose addr. If
// not, and another program has the port, newSite takes any free one.
func newSite(page pageFunc, addr string, explicit bool, config bridge.Config) (*site, error) {
	if err := checkListen(addr); err != nil {
		return nil, err
	}
	pages, err := page()
	if errors.Is(err, web.ErrNotBuilt) {
		return nil, failed("this binary was built without the page: build with make, then run bin/kafkaio")
	} else if err != nil {
		return nil, &failure{err}
	}
	var rights *policy.Set
	if config.Policies != nil {
		if rights, err = policy.New(config.Policies); err != nil {
			return nil, &failure{err}
		}
	}
	s := &site{token: rand.Text()}
	config.Authorize = s.authorize
	s.bridge, err = bridge.New(config)
	if err != nil {
		return nil, &failure{err}
	}
	s.listener, err = net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) && !explicit {
		s.isMoved = true
		s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, failed("port %s is taken by another program: choose another with --listen, or port 0 for any free one", addr)
	} else if err != nil {
		return nil, failed("cannot listen at %s: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("/kafka", s.bridge)
	mux.HandleFunc("GET /kafka/{$}", func(w http.ResponseWriter, r *http.Request) {
		serveList(w, r, s.bridge.Check, s.authorize, slog.New(slog.DiscardHandler), func(who bridge.Identity) []listCluster {
			only := listCluster{Name: "kafka", Path: "/kafka", Default: true}
			if rights != nil {
				only.APIs = apisOf(rights.Rights(config.Name, who.Name, who.Groups), config.SASL != nil)
			}
			return []listCluster{only}
		})
	})
	mux.Handle("/", pages)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return s, nil
}

// checkListen returns an error if other machines could reach the address.
func checkListen(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--listen %q: host:port was expected, such as %s", addr, defaultListen)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("--listen %q: %q is no port: a number from 0 to 65535 was expected", addr, port)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("--listen %q: only loopback addresses are served, such as %s: the link would cross the network unencrypted. To use the page from another machine, forward the port: ssh -L 8642:127.0.0.1:8642 HOST", addr, defaultListen)
	}
	return nil
}

// authorize lets in who knows the token. It takes the same time however much of a token is right.
func (s *site) authorize(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
		return bridge.Identity{}, errors.New("not the one of this run: open the link that kafkaio printed")
	}
	return bridge.Identity{Name: runIdentity}, nil
}

// url is the page's. Browsers don't send the fragment, so the token ends up in no log.
func (s *site) url() string {
	return "http://" + s.listener.Addr().String() + "/#token=" + s.token
}

// printLink prints the link, and why it isn't the usual one.
func (s *site) printLink(out printer) {
	if s.isMoved {
		_, port, _ := net.SplitHostPort(defaultListen)
		out.line("Port %s is taken by another program, so the page has another.", port)
		out.line("")
	}
	out.link("Open", s.url())
}

// serve serves until ctx ends.
func (s *site) serve(ctx context.Context) error {
	return serveUntil(ctx, s.server, s.listener, shutdownTimeout, func(ctx context.Context) { s.bridge.Shutdown(ctx) })
}

// serveUntil serves until ctx ends. Then shutdown has the bridges let their clients go, which may take as
// long as drain, and all connections are closed.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, drain time.Duration, shutdown func(ctx context.Context)) error {
	closeUnused(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return failed("serving HTTP: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	shutdown(ctx) // pages that are open hold their connections until ctx ends
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
	}
	return nil
}

// closeUnused has a server that shuts down close connections on which no request came. http.Server gives them 5 s, and
// browsers open some in advance.
func closeUnused(server *http.Server) {
	var mu sync.Mutex
	unused := make(map[net.Conn]struct{})
	server.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			unused[c] = struct{}{}
		} else {
			delete(unused, c)
		}
	}
	server.RegisterOnShutdown(func() {
		mu.Lock()
		defer mu.Unlock()
		for c := range unused {
			go c.Close() // which may wait, with TLS
		}
	})
}
