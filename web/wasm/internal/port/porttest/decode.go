package porttest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// The kinds of messages, and the tags of values, as PROTOCOL.md numbers them.
const (
	kindResult  = 1
	kindError   = 2
	kindItem    = 3
	kindAsk     = 4
	kindRetract = 5

	tagNull   = 0
	tagFalse  = 1
	tagTrue   = 2
	tagNumber = 3
	tagBigint = 4
	tagString = 5
	tagBytes  = 6
	tagList   = 7
	tagObject = 8
	tagError  = 9
)

// decode takes a message apart. A number is a float64, a bigint an int64, a list an []any, an object a
// map[string]any, an error an *port.Error.
func decode(b []byte) (kind byte, id uint32, value any, err error) {
	if len(b) < 5 {
		return 0, 0, nil, errShort
	}
	d := decoder{rest: b[5:]}
	value, err = d.value()
	if err == nil && len(d.rest) > 0 {
		err = fmt.Errorf("%d bytes follow the value", len(d.rest))
	}
	return b[0], binary.BigEndian.Uint32(b[1:]), value, err
}

// Decode returns the value that b encodes.
func Decode(b []byte) (any, error) {
	_, _, value, err := decode(append(make([]byte, 5), b...))
	return value, err
}

var errShort = errors.New("the message is too short")

type decoder struct{ rest []byte }

func (d *decoder) take(n int) ([]byte, error) {
	if n > len(d.rest) {
		return nil, errShort
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b, nil
}

// sized takes bytes after their length.
func (d *decoder) sized() ([]byte, error) {
	n, err := d.uint32()
	if err != nil {
		return nil, err
	}
	return d.take(int(n))
}

func (d *decoder) uint32() (uint32, error) {
	b, err := d.take(4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

func (d *decoder) value() (any, error) {
	tag, err := d.take(1)
	if err != nil {
		return nil, err
	}
	switch tag[0] {
	case tagNull:
		return nil, nil
	case tagFalse, tagTrue:
		return tag[0] == tagTrue, nil
	case tagNumber, tagBigint:
		b, err := d.take(8)
		if err != nil {
			return nil, err
		}
		bits := binary.BigEndian.Uint64(b)
		if tag[0] == tagBigint {
			return int64(bits), nil
		}
		return math.Float64frombits(bits), nil
	case tagString:
		b, err := d.sized()
		return string(b), err
	case tagBytes:
		return d.sized()
	case tagList:
		return d.list()
	case tagObject:
		return d.object()
	case tagError:
		return d.error()
	}
	return nil, fmt.Errorf("there is no tag %d", tag[0])
}

func (d *decoder) list() (any, error) {
	n, err := d.uint32()
	list := []any{}
	for ; err == nil && n > 0; n-- {
		var v any
		v, err = d.value()
		list = append(list, v)
	}
	return list, err
}

func (d *decoder) object() (map[string]any, error) {
	n, err := d.uint32()
	object := make(map[string]any)
	for ; err == nil && n > 0; n-- {
		var name []byte
		if name, err = d.sized(); err == nil {
			object[string(name)], err = d.value()
		}
	}
	return object, err
}

func (d *decoder) error() (any, error) {
	if tag, err := d.take(1); err != nil || tag[0] != tagObject {
		return nil, errors.New("an error is an object")
	}
	o, err := d.object()
	if err != nil {
		return nil, err
	}
	e := &port.Error{}
	e.Code, _ = o["code"].(string)
	e.Message, _ = o["message"].(string)
	e.Retriable, _ = o["retriable"].(bool)
	e.OutcomeUnknown, _ = o["outcomeUnknown"].(bool)
	e.Broker, _ = o["broker"].(string)
	e.Topic, _ = o["topic"].(string)
	number := func(name string) float64 { n, _ := o[name].(float64); return n }
	e.Errno, e.KafkaCode, e.Question = int(number("errno")), int16(number("kafkaCode")), uint32(number("question"))
	if p, ok := o["partition"].(float64); ok {
		partition := int32(p)
		e.Partition = &partition
	}
	return e, nil
}
