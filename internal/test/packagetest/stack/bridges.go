package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
)

// A BridgeConfig is what a test may choose of a bridge.
type BridgeConfig struct {
	// Brokers are in place of the world's: EchoBroker, say, which is none.
	Brokers []string `json:"brokers"`
	// Tokens are those that the bridge takes. Nil: it needs none.
	Tokens []string `json:"tokens"`
	// ExpiresInMs is how long the first of Tokens is valid. 0: as long as it likes.
	ExpiresInMs int `json:"expiresInMs"`
}

// bridges are those that tests have started.
type bridges struct {
	t       *testing.T
	brokers []string
	echo    string

	mu sync.Mutex
	at map[string]*slot // by path
}

// A slot is where a bridge is, was, or will be again.
type slot struct {
	config bridge.Config
	link   *link
	bridge *bridge.Bridge // nil: ended
}

func (b *bridges) add(path string, c BridgeConfig) {
	l := newLink()
	config := bridge.Config{Brokers: b.brokers, Dial: l.dial, ConnectTo: map[string]string{EchoBroker: b.echo}}
	if c.Brokers != nil {
		config.Brokers = c.Brokers
	}
	if c.Tokens != nil {
		config.Authorize = authorize(c)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at[path] = &slot{config, l, bridgetest.New(b.t, config)}
}

func authorize(c BridgeConfig) func(context.Context, *http.Request, string) (bridge.Identity, error) {
	return func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
		i := slices.Index(c.Tokens, token)
		if i < 0 {
			return bridge.Identity{}, errors.New("this token is not one of them")
		}
		id := bridge.Identity{Name: "somebody"}
		if i == 0 && c.ExpiresInMs > 0 {
			id.Expires = time.Now().Add(time.Duration(c.ExpiresInMs) * time.Millisecond)
		}
		return id, nil
	}
}

func (b *bridges) create(w http.ResponseWriter, r *http.Request) {
	var c BridgeConfig
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	path := fmt.Sprintf("/bridges/%d/kafka", len(b.at))
	b.mu.Unlock()
	b.add(path, c)
	json.NewEncoder(w).Encode(map[string]string{"path": path})
}

// slot returns that of the request's path, or nil after an error was sent.
func (b *bridges) slot(w http.ResponseWriter, path string) *slot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.at[path]
	if s == nil {
		http.Error(w, "no bridge was ever at "+path, http.StatusNotFound)
	}
	return s
}

func (b *bridges) end(w http.ResponseWriter, r *http.Request) {
	s := b.slot(w, r.FormValue("path"))
	if s == nil {
		return
	}
	b.mu.Lock()
	old := s.bridge
	s.bridge = nil
	b.mu.Unlock()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	old.Shutdown(now)
}

func (b *bridges) again(w http.ResponseWriter, r *http.Request) {
	s := b.slot(w, r.FormValue("path"))
	if s == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s.bridge = bridgetest.New(b.t, s.config)
}

// onLink does something to the link of the request's path.
func (b *bridges) onLink(do func(*link)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s := b.slot(w, r.FormValue("path")); s != nil {
			do(s.link)
		}
	}
}

func (b *bridges) received(w http.ResponseWriter, r *http.Request) {
	if s := b.slot(w, r.FormValue("path")); s != nil {
		json.NewEncoder(w).Encode(s.link.received.Load())
	}
}

func (b *bridges) serve(w http.ResponseWriter, r *http.Request) {
	s := b.slot(w, r.URL.Path)
	if s == nil {
		return
	}
	b.mu.Lock()
	current := s.bridge
	b.mu.Unlock()
	if current == nil {
		http.Error(w, "there is no bridge now", http.StatusBadGateway)
		return
	}
	current.ServeHTTP(s.link.hijackable(w), r)
}
