package client

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// The timestamps with which ListOffsets asks for the ends of a partition.
const (
	latest   = -1
	earliest = -2
)

// A position is where in a partition: an offset, or what ListOffsets finds for a timestamp.
type position struct {
	isOffset  bool
	offset    int64
	timestamp int64 // milliseconds, latest or earliest
}

// UnmarshalJSON reads "earliest", "latest", {"timestamp": 123} or {"offset": "123"}.
func (p *position) UnmarshalJSON(b []byte) error {
	var name string
	if json.Unmarshal(b, &name) == nil {
		switch name {
		case "earliest":
			p.timestamp = earliest
		case "latest":
			p.timestamp = latest
		default:
			return fmt.Errorf("there is no position %q", name)
		}
		return nil
	}
	var o struct {
		Offset    *string  `json:"offset"`
		Timestamp *float64 `json:"timestamp"`
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	switch {
	case o.Offset != nil:
		p.isOffset = true
		var err error
		p.offset, err = strconv.ParseInt(*o.Offset, 10, 64)
		return err
	case o.Timestamp != nil:
		p.timestamp = int64(*o.Timestamp)
		return nil
	}
	return fmt.Errorf("a position is %s", b)
}

// outOfRange is the error of an offset that a partition doesn't have.
func outOfRange(offset, start, end int64) *port.Error {
	const kafkaCode = 1
	e := answerError(kafkaCode, nil)
	e.Message = fmt.Sprintf("offset %d: the partition has %d to %d", offset, start, end)
	return e
}
