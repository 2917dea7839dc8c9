// Package tunnel carries many broker connections over one WebSocket.
//
// A [Session] is one end of the WebSocket, a [Stream] one broker connection in it. Both ends,
// the page's (or a native client's, or a WASI guest's) and the bridge's, run the same state
// machine over a [Socket]; which end it is, is only a question of who may open streams.
// bridge/PROTOCOL.md specifies what goes over the wire and why.
//
// Bytes are limited by credit in each direction of each stream, so that a reader that stops
// costs at most its window, and holds up nobody else on the same WebSocket.
package tunnel
