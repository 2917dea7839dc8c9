// Package port is the seam between a page and the Go program in its Worker: calls come in, and their
// results, items and questions go out, over the Worker's own messages. PROTOCOL.md specifies them.
//
// Only port_js.go knows JavaScript. Package porttest has a Port without it, so that everything behind the
// seam is tested natively.
package port
