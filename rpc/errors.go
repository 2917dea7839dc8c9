package rpc

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// A VersionError is a request that the broker has no version of in common with the client. It was
// not sent. It is kerr.UnsupportedVersion.
type VersionError struct {
	Addr        string
	Key         int16 // of the API
	Min, Max    int16 // the versions that the broker has; -1 if it doesn't know the API
	Least, Most int16 // those that were asked for
}

func (e *VersionError) Error() string {
	switch {
	case e.Max < 0:
		return fmt.Sprintf("kafkaio: %s doesn't know %s requests", e.Addr, nameOf(e.Key))
	default:
		return fmt.Sprintf("kafkaio: %s knows the versions %d to %d of %s, and %d to %d were asked for",
			e.Addr, e.Min, e.Max, nameOf(e.Key), e.Least, e.Most)
	}
}

// Unwrap returns kerr.UnsupportedVersion.
func (e *VersionError) Unwrap() error { return kerr.UnsupportedVersion }

// A ResponseError is a response that can't be understood.
type ResponseError struct {
	Addr    string
	Key     int16 // of the API
	Version int16
	Size    int // in bytes, without its length
	Err     error
}

func (e *ResponseError) Error() string {
	return fmt.Sprintf("kafkaio: a response of %s to %s version %d, %d bytes, can't be understood: %v",
		e.Addr, nameOf(e.Key), e.Version, e.Size, e.Err)
}

// Unwrap returns what is wrong with it.
func (e *ResponseError) Unwrap() error { return e.Err }
