// Package bridge is the server end of the tunnel: WebSocket in, broker TCP out.
//
// A browser can't open TCP connections. It can open a WebSocket to a [Bridge], which connects to
// the brokers in its place and passes on bytes that it doesn't interpret; PROTOCOL.md, beside
// this file, is the specification of what goes over that WebSocket. It is default-deny: it
// connects to the brokers that it is configured with, and to those that these name as members of
// their cluster, and to nothing else.
package bridge
