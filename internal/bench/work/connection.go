// Package work has what clients do that are compared with each other, in whichever process or program they are.
package work

import (
	"encoding/binary"
	"io"
	"net"
)

// PayloadSize is what a frame has beside its length, in bytes.
const PayloadSize = 100

// Frame returns one.
func Frame() []byte {
	return append(binary.BigEndian.AppendUint32(nil, PayloadSize), make([]byte, PayloadSize)...)
}

// RoundTrips returns what sends n frames to a server that echoes them, each once the last has come back.
func RoundTrips(c net.Conn) func(n int) error {
	frame, answer := Frame(), make([]byte, 4+PayloadSize)
	return func(n int) error {
		for range n {
			if _, err := c.Write(frame); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, answer); err != nil {
				return err
			}
		}
		return nil
	}
}

// DownloadBytes are received in one operation of Downloads.
const DownloadBytes = 32 << 20

// Downloads returns what asks a server n times for so many bytes, and receives them.
func Downloads(c net.Conn) func(n int) error {
	buf := make([]byte, 64<<10)
	return func(n int) error {
		for range n {
			if _, err := c.Write(binary.BigEndian.AppendUint64(nil, DownloadBytes)); err != nil {
				return err
			}
			for left := DownloadBytes; left > 0; {
				n, err := c.Read(buf[:min(left, len(buf))])
				if err != nil {
					return err
				}
				left -= n
			}
		}
		return nil
	}
}
