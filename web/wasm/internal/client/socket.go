package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A socket is a connection to one broker, for a page that speaks Kafka's protocol itself. It lasts as long as
// the call that opened it.
type socket struct {
	client *client
	conn   *kafkaio.Conn

	turn        chan struct{} // has room for one: the request that runs
	correlation int32         // the last request's
}

// socketOptions are those of opening a socket.
type socketOptions struct {
	Broker  brokerOption `json:"broker"`
	Timeout float64      `json:"timeout"` // milliseconds; 0: the default
}

// brokerOption is a broker's id or its address.
type brokerOption struct {
	id   int32
	addr string // empty: id is meant
}

func (o *brokerOption) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &o.addr); err == nil {
		return nil
	}
	return json.Unmarshal(b, &o.id)
}

// alivePoll is how often a socket looks whether its broker has closed it.
const alivePoll = 100 * time.Millisecond

// openSocket connects to a broker, and authenticates if the client has credentials. Its item says that the
// socket is open. The call ends when the connection does.
func (c *client) openSocket(ctx context.Context, call *port.Call) (any, error) {
	var o socketOptions
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	s := &socket{client: c, turn: make(chan struct{}, 1)}
	if err := s.open(ctx, o); err != nil {
		return nil, err
	}
	defer s.conn.Close()
	call.Provide(s)
	if err := call.Send(nil); err != nil {
		return nil, err
	}
	look := time.NewTicker(alivePoll)
	defer look.Stop()
	for s.conn.Alive() {
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, nil
		}
	}
	return nil, nil
}

func (s *socket) open(ctx context.Context, o socketOptions) error {
	ctx, cancel := withTimeout(ctx, o.Timeout)
	defer cancel()
	addr, err := s.client.address(ctx, o.Broker)
	if err != nil {
		return err
	}
	conn, err := s.client.dial(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	s.conn = core.NewConn(conn, core.Options{Addr: addr, RemoteAddr: conn.RemoteAddr(), Timeout: s.client.dialer.IOTimeout})
	if err := s.authenticate(ctx, addr); err != nil {
		s.conn.Close()
		return err
	}
	return nil
}

// address returns where a broker is, of which the cluster tells.
func (c *client) address(ctx context.Context, o brokerOption) (string, error) {
	if o.addr != "" {
		return o.addr, nil
	}
	m, err := c.metadata(ctx)
	if err != nil {
		return "", err
	}
	for _, b := range m.Brokers {
		if b.NodeID == o.id {
			return net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port))), nil
		}
	}
	return "", port.Mismatch(fmt.Sprintf("broker %d: the cluster has no broker with this id now", o.id))
}

// withTimeout bounds a call by milliseconds; 0: by the connection's own timeouts.
func withTimeout(ctx context.Context, milliseconds float64) (context.Context, context.CancelFunc) {
	if milliseconds == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(milliseconds*float64(time.Millisecond)))
}

// onSocket makes a method of one of the socket's, for calls on the one that opened it.
func onSocket(f func(s *socket, ctx context.Context, call *port.Call) (any, error)) port.Method {
	return func(ctx context.Context, call *port.Call) (any, error) {
		s, err := port.On[*socket](call)
		if err != nil {
			return nil, &port.Error{
				Code: contractCodes[kafkaio.ErrNoConnection], Errno: int(kafkaio.ErrNoConnection),
				Message: "the socket is closed, or its broker closed the connection",
			}
		}
		return f(s, ctx, call)
	}
}

// send sends bytes as they are. Once some are under way, its failure leaves open what the broker did.
func (s *socket) send(ctx context.Context, call *port.Call) (any, error) {
	if s.client.options.ReadOnly {
		return nil, readOnlyError("send")
	}
	var o struct {
		Timeout float64 `json:"timeout"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	ctx, cancel := withTimeout(ctx, o.Timeout)
	defer cancel()
	n, err := s.conn.Send(ctx, call.Bytes)
	if err != nil {
		return nil, unknownOutcome(err, n > 0)
	}
	return n, nil
}

// receive returns exactly n bytes.
func (s *socket) receive(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		N       int     `json:"n"`
		Timeout float64 `json:"timeout"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	ctx, cancel := withTimeout(ctx, o.Timeout)
	defer cancel()
	return s.conn.Receive(ctx, o.N)
}
