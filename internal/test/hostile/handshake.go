package hostile

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Subprotocols of the bridge.
const (
	Tunnel = "kafka.v1"
	Raw    = "binary"
)

// Dial opens a WebSocket to a ws:// URL over TCP.
func Dial(url, subprotocol string) (*Conn, error) {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
	c, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return Upgrade(c, url, subprotocol, nil)
}

// Upgrade opens a WebSocket over c, which it closes if that fails. It sends header in addition.
func Upgrade(c net.Conn, rawURL, subprotocol string, header http.Header) (*Conn, error) {
	ws, err := upgrade(c, rawURL, subprotocol, header)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("upgrade of %s: %w", rawURL, err)
	}
	return ws, nil
}

func upgrade(c net.Conn, rawURL, subprotocol string, header http.Header) (*Conn, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", u.RequestURI(), u.Host)
	fmt.Fprintf(&b, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n", base64.StdEncoding.EncodeToString(make([]byte, 16)))
	fmt.Fprintf(&b, "Sec-WebSocket-Protocol: %s\r\n", subprotocol)
	header.Write(&b)
	b.WriteString("\r\n")
	if _, err := c.Write(b.Bytes()); err != nil {
		return nil, err
	}
	head, err := readHead(c)
	if err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), nil)
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("answered with %s", response.Status)
	}
	return newConn(c, true), nil
}

// Accept reads a client's request to upgrade, and confirms it.
func Accept(c net.Conn) (*Conn, error) {
	head, err := readHead(c)
	if err != nil {
		return nil, err
	}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(request.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]), request.Header.Get("Sec-WebSocket-Protocol"))
	return newConn(c, false), err
}

// readHead reads to the end of the header and no byte further.
func readHead(r io.Reader) (head []byte, err error) {
	const most = 16 << 10
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b[0]) {
		if len(head) == most {
			return nil, fmt.Errorf("a header of more than %d bytes", most)
		}
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
	}
	return head, nil
}
