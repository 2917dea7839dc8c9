// Package wasmhost runs GOOS=wasip1 programs in this process, with outbound connections.
//
// WASI preview 1 has no call that opens a connection, and the Go runtime of a wasip1 program
// can wait for many descriptors at once only if the host's poll_oneoff can. Run is wazero
// with both added: package guest dials, and Config.Dial decides what it gets. A connection
// in the guest is an ordinary net.Conn: deadlines fire, other goroutines run on while one
// waits, an idle wait costs nothing, and errors tell their cause.
//
// # The socket file
//
// Opening the file /dev/kafkaio/socket.v1 gives a new socket, which never blocks: a call that
// would have to wait returns EAGAIN, and poll_oneoff waits for it. Numbers are decimal. Opening
// gives EAGAIN where the guest has as many sockets as it may; closing one helps.
//
//   - pwrite at offset 0, once, asks for a connection: "fd\nnetwork\naddr", at most 1024
//     bytes. fd is the descriptor the file was opened as, by which poll_oneoff is going to
//     name it. The host dials; the socket is neither readable nor writable until it has.
//   - pread at offset 0 is EAGAIN until then, and gives the outcome from then on:
//     "errno\nnetwork\nlocal\nremote\nunknown host\ntext". An errno of 0 without a text is
//     success, and then local and remote are the connection's addresses. Otherwise errno is
//     WASI's, or 0 if none fits, and the text explains; unknown host is the name that was
//     looked up and does not exist.
//   - read and write move the connection's bytes; a read of 0 bytes is the end. EIO says that
//     no more will be moved, and pread at offset 65536 (of a read) or 131072 (of a write) why,
//     in the form of the outcome.
//   - close ends the dial, or the connection once the bytes that were written are sent.
//
// A file serves because it needs no import that other hosts lack: a program that has it runs
// on any WASI host, and there fails to dial rather than to start.
package wasmhost
