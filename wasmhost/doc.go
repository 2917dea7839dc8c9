// Package wasmhost runs GOOS=wasip1 programs in this process, with outbound connections.
//
//	exitCode, err := wasmhost.Run(ctx, wasm, wasmhost.Config{
//		Args:   []string{"guest", "broker.example:9092"},
//		Stdout: os.Stdout,
//		Stderr: os.Stderr,
//		Dial:   new(net.Dialer).DialContext, // allows every connection
//	})
//
// WASI preview 1 has no call that opens a connection, and in wazero poll_oneoff can't wait for
// sockets, which the Go runtime of a guest needs. [Run] is wazero with both added. The guest dials
// by package guest, and Config.Dial makes the connection or refuses it. In the guest it is an
// ordinary net.Conn: deadlines fire, other goroutines run on while one waits, an idle wait costs no
// processor time, and errors have their causes.
//
// A guest that listens needs Config.Listen, or Config.ListenPacket for UDP. [New] compiles a library, whose exported functions the host calls, as often
// and in as many instances as it likes.
//
// ABI.md, beside this file, specifies the file by which a guest asks for its sockets, for guests in other languages.
package wasmhost
