// Package hostile has peers of the tunnel that do what a well-behaved one doesn't: a WebSocket that
// sends half a message, reads nothing or answers no ping, and networks that are slow or die without
// a word. Tests drive a bridge, or a Dialer, with them and measure what it costs.
//
// It is written from bridge/PROTOCOL.md and RFC 6455 alone, and shares no code with either end.
package hostile
