package client

import (
	"context"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/wire"
)

// framesInterval is the least time between two batches of frames, unless there are as many as one can have.
const framesInterval = 50 * time.Millisecond

// A capturedFrame is a wire.Frame as the page gets it.
type capturedFrame struct {
	Direction     string         `json:"direction"`
	Connection    int            `json:"connection"`
	Broker        string         `json:"broker"`
	APIKey        int16          `json:"apiKey"`
	API           string         `json:"api"`
	APIVersion    int16          `json:"apiVersion"`
	CorrelationID int32          `json:"correlationId"`
	Size          int            `json:"size"`
	At            float64        `json:"at"`                  // milliseconds since 1970
	Latency       *float64       `json:"latency,omitzero"`    // milliseconds; of a response to a known request
	Bytes         []byte         `json:"bytes,omitzero"`      // unless the frame is redacted or unreadable
	Redacted      wire.Redaction `json:"redacted,omitzero"`   // empty: it isn't
	Unreadable    string         `json:"unreadable,omitzero"` // why; empty: it isn't
}

// The directions of frames.
const (
	directionRequest  = "request"
	directionResponse = "response"
)

// A frameBatch is an item of frames.
type frameBatch struct {
	Frames  []capturedFrame `json:"frames"`
	Dropped int             `json:"dropped"` // before the first of Frames
}

// frames sends the frames that pass on the client's connections. What the page doesn't take in time is dropped.
func (c *client) frames(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		CaptureBytes int `json:"captureBytes"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	began := time.Now()
	capture := c.tap.Capture(o.CaptureBytes)
	defer capture.Close()
	for {
		captured, err := capture.Next(ctx)
		if err != nil {
			return nil, err
		}
		batch := frameBatch{Dropped: captured.Dropped}
		for _, f := range captured.Frames {
			batch.Frames = append(batch.Frames, captureOf(f, began))
		}
		if err := call.Send(batch); err != nil {
			return nil, err
		}
		if !captured.More {
			sleep(ctx, framesInterval)
		}
	}
}

// captureOf returns f for the page. Its time counts from began, because the clock that tells the date is coarse in
// browsers.
func captureOf(f *wire.Frame, began time.Time) capturedFrame {
	captured := capturedFrame{
		Direction: directionResponse, Connection: f.Connection, Broker: f.Broker,
		APIKey: f.APIKey, API: core.APIName(f.APIKey), APIVersion: f.APIVersion, CorrelationID: f.CorrelationID,
		Size: f.Size, At: float64(began.UnixMicro())/1000 + milliseconds(f.At.Sub(began)), Redacted: f.Redacted,
	}
	switch {
	case f.Request:
		captured.Direction = directionRequest
	case f.APIKey != core.UnknownAPI:
		latency := milliseconds(f.Latency)
		captured.Latency = &latency
	}
	switch {
	case f.Dark != nil:
		captured.Unreadable = f.Dark.Error()
	case f.Redacted == "":
		captured.Bytes = f.Bytes
	}
	return captured
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// decodeFrame returns the fields of a frame whose bytes are the call's.
func (c *client) decodeFrame(_ context.Context, call *port.Call) (any, error) {
	var f capturedFrame
	if err := call.Options(&f); err != nil {
		return nil, err
	}
	frame := wire.Frame{
		Request: f.Direction == directionRequest, APIKey: f.APIKey, APIVersion: f.APIVersion,
		Size: f.Size, Bytes: call.Bytes, Redacted: f.Redacted,
	}
	return fieldList(frame.Decode()), nil
}

// fieldList returns a field as the page gets it: its members without their names, which would cost the page
// more than the values.
func fieldList(f wire.Field) []any {
	fields := make([][]any, len(f.Fields))
	for i, part := range f.Fields {
		fields[i] = fieldList(part)
	}
	list := []any{f.Name, f.Type, f.Value, f.Start, f.End, fields}
	if f.Unpacked != nil {
		list = append(list, fieldList(*f.Unpacked))
	}
	return list
}
