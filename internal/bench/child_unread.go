package main

import (
	"context"
	"encoding/binary"
	"strconv"

	"github.com/coder/websocket"
)

// What PROTOCOL.md says of messages.
const (
	typeOpen, typeData = 1, 3
	headerBytes        = 1 + 4
)

// unreadingClient opens streams with windows of 1 MiB. Its arguments are the bridge, the broker, and
// how many. A command is how many bytes of DATA it reads; otherwise it reads nothing.
func unreadingClient(args []string) (string, func(string) (string, error), error) {
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return "", nil, err
	}
	ctx := context.Background()
	ws, _, err := websocket.Dial(ctx, args[0], &websocket.DialOptions{Subprotocols: []string{"kafka.v1"}})
	if err != nil {
		return "", nil, err
	}
	ws.SetReadLimit(-1)
	for id := 1; id <= n; id++ {
		if err := ws.Write(ctx, websocket.MessageBinary, openMessage(id, args[1])); err != nil {
			return "", nil, err
		}
	}
	return "", func(command string) (string, error) {
		left, err := strconv.Atoi(command)
		for err == nil && left > 0 {
			var message []byte
			if _, message, err = ws.Read(ctx); err == nil && message[0] == typeData {
				left -= len(message) - headerBytes
			}
		}
		return "", err
	}, nil
}

func openMessage(id int, target string) []byte {
	const anyIPVersion, noLimit = 0, 0
	m := binary.BigEndian.AppendUint32([]byte{typeOpen}, uint32(id))
	m = binary.BigEndian.AppendUint32(m, 1<<20)
	m = append(m, anyIPVersion)
	m = binary.BigEndian.AppendUint32(m, noLimit)
	m = binary.BigEndian.AppendUint32(m, noLimit)
	return append(m, target...)
}
