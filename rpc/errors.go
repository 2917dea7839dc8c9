package rpc

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
)

// A VersionError is a request that was not sent, because the broker has none of its versions.
// errors.Is matches kerr.UnsupportedVersion.
type VersionError struct {
	Addr        string // the broker's
	Key         int16  // the API's
	Min, Max    int16  // the broker's versions; -1 if it doesn't know the API
	Least, Most int16  // the client's versions
}

func (e *VersionError) Error() string {
	switch {
	case e.Max < 0:
		return fmt.Sprintf("kafkaio: %s doesn't know %s requests", e.Addr, nameOf(e.Key))
	default:
		return fmt.Sprintf("kafkaio: %s has versions %d to %d of %s requests, the client has %d to %d",
			e.Addr, e.Min, e.Max, nameOf(e.Key), e.Least, e.Most)
	}
}

// Unwrap returns kerr.UnsupportedVersion.
func (e *VersionError) Unwrap() error { return kerr.UnsupportedVersion }

// A ResponseError is a response that can't be decoded.
type ResponseError struct {
	Addr    string // the broker's
	Key     int16  // the API's
	Version int16
	Size    int   // bytes, without the 4 of the length
	Err     error // kmsg's
}

func (e *ResponseError) Error() string {
	return fmt.Sprintf("kafkaio: a response of %s to %s version %d, %d bytes, can't be decoded: %v",
		e.Addr, nameOf(e.Key), e.Version, e.Size, e.Err)
}

// Unwrap returns Err.
func (e *ResponseError) Unwrap() error { return e.Err }
