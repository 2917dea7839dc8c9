package bridge

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// An askedClient counts how often it is asked for a token.
type askedClient struct {
	client
	asked atomic.Int32
}

func (c *askedClient) askToken()                 { c.asked.Add(1) }
func (c *askedClient) goAway(*tunnel.CloseError) {}
func (c *askedClient) finish(*tunnel.CloseError) {}

// A new token that comes at the moment at which the bridge asks for one doesn't make it ask twice from then on.
func TestTokenThatComesWhenTheBridgeAsksForIt(t *testing.T) {
	const life = 3 * time.Minute // so it asks after 2 min, and 40 s later
	synctest.Test(t, func(t *testing.T) {
		b, err := New(Config{Brokers: []string{"broker"}, Authorize: func(context.Context, *http.Request, string) (Identity, error) {
			return Identity{Name: "ci", Expires: time.Now().Add(life)}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		c := new(askedClient)
		i := newSessionIdentity(b, c, httptest.NewRequest("GET", "/kafka", nil))
		defer i.close()
		i.present("first")
		synctest.Wait()
		i.mu.Lock()
		time.Sleep(2 * time.Minute) // the timer fires, and waits for the lock
		i.timers.stop()
		i.who.Expires = time.Now().Add(life)
		i.askLocked()
		i.mu.Unlock()
		synctest.Wait()
		if n := c.asked.Load(); n != 0 {
			t.Errorf("the bridge asked %d times for a token that it has", n)
		}
		time.Sleep(2*time.Minute + time.Second)
		if n := c.asked.Load(); n != 1 {
			t.Errorf("the bridge asked %d times", n)
		}
	})
}
