package client

import "github.com/kafkaio/kafkaio/web/wasm/internal/port"

// methods are what the page may call.
func (c *client) methods() map[string]port.Method {
	return map[string]port.Method{
		"connect": c.connect,
		"status":  c.statuses,

		"produce":      c.produce,
		"partitionFor": c.partitionFor,

		"socket":         c.openSocket,
		"socket.send":    onSocket((*socket).send),
		"socket.receive": onSocket((*socket).receive),
		"socket.request": onSocket((*socket).request),
	}
}
