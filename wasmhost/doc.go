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
// # The socket file
//
// Each open of the file /dev/kafkaio/socket.v1 makes a new socket. It fails with EAGAIN if the guest
// has Config.MaxSockets already. A socket never blocks: a call that would have to wait returns
// EAGAIN, and poll_oneoff waits instead. Numbers are decimal.
//
//   - pwrite at offset 0 asks for a connection, once. It writes "fd\nnetwork\naddr", at most 1024
//     bytes. fd is the descriptor of the open file, by which poll_oneoff will name it. The host
//     dials; until it has, the socket is neither readable nor writable.
//   - pread at offset 0 returns EAGAIN while the host dials, and then the outcome:
//     "errno\nnetwork\nlocal\nremote\nunknown host\ntext". If errno is 0 and text is empty, the
//     dial succeeded; local and remote are the connection's addresses. Otherwise errno is WASI's
//     number, or 0 if none fits, and text explains it. If the name does not exist, unknown host
//     is the name.
//   - A request of "fd\nlisten network\naddr" has the host listen. Its outcome has the address as the local one. The socket
//     is readable while a connection waits. Another socket's request "fd\naccept\nlistener's fd" makes that one the
//     connection; it fails with EAGAIN if none waits, and with EIO if the host could not accept one.
//   - read and write move the connection's bytes; a read of 0 bytes is the end. After EIO no more
//     bytes move. pread then returns the reason, in the form of the outcome: at offset 65536 for
//     a read, at 131072 for a write.
//   - pwrite of a byte at offset 65536 ends what the guest writes: after the bytes written, the peer
//     reads the end. It fails with ENOTSUP if the host's connection can't do that.
//   - close ends a dial. It ends a connection once the bytes written to it are sent.
//
// The interface is a file because that needs no import that other hosts lack. So a program with it
// starts on any WASI host; there, its dials fail.
package wasmhost
