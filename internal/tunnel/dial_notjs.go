//go:build !js

package tunnel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio/internal/trywrite"
)

// Dial opens a WebSocket to the bridge at a ws:// or wss:// URL, and returns the socket and its local
// address. dial makes the TCP connection. secure, if set, puts TLS on it for a wss:// URL.
func Dial(ctx context.Context, bridge string, dial DialFunc, secure SecureFunc) (Socket, net.Addr, error) {
	h := &handshake{wire: newWire(true)}
	h.transport = http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(r)
			if proxy != nil && secure != nil && r.URL.Scheme == "https" {
				return nil, fmt.Errorf("BridgeSecure can't be used through the proxy %s: add the bridge's host to NO_PROXY", proxy.Redacted())
			}
			h.secure = r.URL.Scheme == "https" || proxy != nil && proxy.Scheme == "https"
			return proxy, err
		},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			if err == nil {
				h.tcp = c
			}
			return c, err
		},
		// A WebSocket is an HTTP/1.1 connection of its own.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if secure != nil {
		h.transport.DialTLSContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := h.transport.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			secured, err := secure(ctx, c, hostOf(addr))
			if err != nil {
				c.Close()
				return nil, err
			}
			return secured, nil
		}
	}
	defer h.transport.CloseIdleConnections()
	s := &WebSocket{wire: h.wire, readSize: smallBuffer}
	conn, response, err := websocket.Dial(ctx, bridge, &websocket.DialOptions{
		HTTPClient: &http.Client{
			Transport:     h,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Subprotocols:   []string{Subprotocol},
		OnPingReceived: s.pinged,
	})
	if err != nil {
		if request, ok := errors.AsType[*url.Error](err); ok {
			err = request.Err // without words around it that say nothing new
		}
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			err = fmt.Errorf("it answered HTTP %s, a WebSocket was expected", response.Status)
			if response.StatusCode/100 == 3 {
				err = fmt.Errorf("%w: redirects aren't followed, for the token would go along", err)
			}
		}
		return nil, nil, err
	}
	if conn.Subprotocol() != Subprotocol {
		conn.CloseNow()
		return nil, nil, fmt.Errorf("it doesn't speak the WebSocket subprotocol %s", Subprotocol)
	}
	s.serve(conn)
	return s, h.tcp.LocalAddr(), nil
}

// hostOf returns the host of "host:port".
func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}

// A handshake is the http.RoundTripper of one upgrade. It puts a wire under the WebSocket.
type handshake struct {
	transport http.Transport
	wire      *wire
	tcp       net.Conn // of the last connection that was made
	secure    bool     // bytes pass through TLS before they reach tcp
}

// RoundTrip implements http.RoundTripper.
func (h *handshake) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := h.transport.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		return response, err
	}
	if body, ok := response.Body.(io.ReadWriteCloser); ok {
		h.wire.conn, response.Body = body, h.wire
		if !h.secure {
			h.wire.try = trywrite.New(h.tcp)
		}
	}
	return response, nil
}
