package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/web"
)

//go:embed clients/*.js clients/first.html
var clientFiles embed.FS

// A server serves a page that uses the npm package: the package at /kafkaio.js, as kafkaio serves it; the scripts
// of this directory at /clients/; and bridges.
type server struct {
	*http.ServeMux
	files http.Handler // the package and the explorer
}

func newServer() (server, error) {
	files, err := web.Handler()
	if err != nil {
		return server{}, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/clients/", http.FileServerFS(clientFiles))
	return server{mux, files}, nil
}

// bridgeTo serves a bridge to a broker.
func (s server) bridgeTo(path, addr string) error {
	b, err := bridge.New(bridge.Config{Brokers: []string{addr}})
	if err != nil {
		return err
	}
	s.Handle(path, b)
	return nil
}

// pageTime bounds what a page does, all in all.
const pageTime = 10 * time.Minute

// A page in a browser does what it is asked.
type page struct {
	pid     int // of the browser, and of its group of processes
	ctx     context.Context
	orders  chan order
	answers chan []byte
	stop    func()
}

// An order is for one of the functions of clients/page.js.
type order map[string]any

// openPage opens the page in a browser, which has its turns at a time that it is asked.
func openPage(b browser.Browser, s server) (*page, error) {
	ctx, cancel := context.WithTimeout(context.Background(), pageTime)
	ctx, fail := context.WithCancelCause(ctx)
	p := &page{ctx: ctx, orders: make(chan order), answers: make(chan []byte)}
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("POST /turn", p.turn)
	started, ended := make(chan int, 1), make(chan struct{})
	go func() {
		defer close(ended)
		_, err := browser.Run(ctx, b, browser.Program{
			Script:  `import("/clients/page.js").then((page) => page.run())`,
			Handler: mux,
			Started: func(pid int) { started <- pid },
		})
		fail(fmt.Errorf("%s: %w", b.Name, err))
	}()
	p.stop = func() {
		cancel()
		<-ended
	}
	select {
	case p.pid = <-started:
	case <-ended:
		return nil, context.Cause(ctx)
	}
	return p, nil
}

// turn takes the page's answer to the last order and gives it the next.
func (p *page) turn(w http.ResponseWriter, r *http.Request) {
	answer, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if len(answer) > 0 {
		select {
		case p.answers <- answer:
		case <-r.Context().Done():
			return
		}
	}
	select {
	case o := <-p.orders:
		json.NewEncoder(w).Encode(o)
	case <-r.Context().Done():
	}
}

// do gives the page an order, and decodes its answer.
func (p *page) do(o order, into any) error {
	select {
	case p.orders <- o:
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
	select {
	case answer := <-p.answers:
		return json.Unmarshal(answer, into)
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// inEachBrowser collects the rows of a section for each browser that there is.
func inEachBrowser(measure func(b browser.Browser) ([]row, error)) (all []row, err error) {
	for _, b := range browser.All {
		if _, err := b.Find(); err != nil {
			all = append(all, row{what: b.Name, value: err.Error()})
			continue
		}
		rows, err := measure(b)
		all = append(all, rows...)
		if err != nil {
			return all, fmt.Errorf("%s: %w", b.Name, err)
		}
	}
	return all, nil
}
