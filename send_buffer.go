package kafkaio

import "net"

// socketBuffer is what any socket's buffer has room for, in bytes, when it is empty: Linux gives one
// 16 KiB to begin with (net.ipv4.tcp_wmem), others give more, and TLS adds to what is sent.
const socketBuffer = 4 << 10

// sendBuffer returns how many bytes c takes without waiting; see core.Options.
func sendBuffer(c net.Conn) int {
	if secured, ok := c.(interface{ NetConn() net.Conn }); ok { // *tls.Conn
		c = secured.NetConn()
	}
	if _, ok := c.(*net.TCPConn); ok {
		return socketBuffer
	}
	return 0
}
