// Package core is a connection to a Kafka broker as every platform has it: exact sends and
// receives, Kafka's frames, a timeout on each call, and errors that say what went wrong where.
//
// It works over any [Stream], a net.Conn for one, and knows nothing of where that leads: a TCP
// socket, a tunnel out of a browser, a socket that a WebAssembly host lends. It imports no net,
// os, syscall or syscall/js, so that it is the same on all of them.
package core
