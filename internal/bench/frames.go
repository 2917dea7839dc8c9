package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/bench/work"
)

// benchFrames compares a frame's round trip on a Conn with the same bytes on a bare net.Conn
// that sets its deadlines.
func benchFrames() ([]row, error) {
	addr, stop, err := listen(echoFrames)
	if err != nil {
		return nil, err
	}
	defer stop()
	bare, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	cancellable, cancel := context.WithCancel(context.Background())
	defer cancel()
	contenders := []contender{{"bare net.Conn with deadlines", roundTripsWithDeadlines(bare)}}
	for _, c := range []struct {
		name string
		ctx  context.Context
	}{{"kafkaio Conn", context.Background()}, {"kafkaio Conn, ctx that can be cancelled", cancellable}} {
		conn, err := kafkaio.Dial(context.Background(), addr)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		contenders = append(contenders, contender{c.name, frameRoundTrips(c.ctx, conn)})
	}
	t, err := measure(1, contenders)
	if err != nil {
		return nil, err
	}
	budgets := []string{"", "≤ 1.05 ×", "≤ 1.10 ×"}
	var rows []row
	for i, c := range contenders {
		rows = append(rows, row{c.name, fmt.Sprint(t[i]), ratio(float64(t[i]), float64(t[0])), budgets[i]})
	}
	return rows, nil
}

func frameRoundTrips(ctx context.Context, c *kafkaio.Conn) func(n int) error {
	payload := make([]byte, work.PayloadSize)
	var buf []byte
	return func(n int) (err error) {
		for range n {
			if err = c.WriteFrame(ctx, payload); err != nil {
				return err
			}
			if buf, err = c.ReadFrame(ctx, buf); err != nil {
				return err
			}
		}
		return nil
	}
}

func roundTripsWithDeadlines(c net.Conn) func(n int) error {
	frame, answer := work.Frame(), make([]byte, 4+work.PayloadSize)
	return func(n int) error {
		for range n {
			c.SetWriteDeadline(time.Now().Add(kafkaio.DefaultTimeout))
			if _, err := c.Write(frame); err != nil {
				return err
			}
			c.SetReadDeadline(time.Now().Add(kafkaio.DefaultTimeout))
			if _, err := io.ReadFull(c, answer); err != nil {
				return err
			}
		}
		return nil
	}
}
