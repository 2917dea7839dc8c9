// Package bridge is the server end of the tunnel: WebSocket in, broker TCP out.
//
// A browser can't open TCP connections. It opens a WebSocket to a [Bridge], which connects to brokers in
// its place and passes on bytes. PROTOCOL.md, beside this file, specifies what goes over that WebSocket.
//
// The bridge interprets no byte, unless [Config] has Policies or SASL: then it passes on Kafka's frames.
//
// A Bridge denies by default. It connects to its configured brokers, to the brokers that their cluster's
// metadata names, and to nothing else.
package bridge
