package kafkaio

import "github.com/kafkaio/kafkaio/core"

// Conn is a connection to a broker.
type Conn = core.Conn

// Error is what the calls of a Conn, and of a Dialer, return when they fail.
type Error = core.Error

// Code classifies an Error.
type Code = core.Code

// The codes of Kafka::IO. Each is documented in package core.
const (
	ErrMismatchArgument      = core.ErrMismatchArgument
	ErrCannotSend            = core.ErrCannotSend
	ErrCannotReceive         = core.ErrCannotReceive
	ErrCannotBind            = core.ErrCannotBind
	ErrMismatchCorrelationID = core.ErrMismatchCorrelationID
	ErrIncompatibleIPVersion = core.ErrIncompatibleIPVersion
	ErrNoConnection          = core.ErrNoConnection
)

const (
	// DefaultTimeout bounds a step of dialling, a send and a receive.
	DefaultTimeout = core.DefaultTimeout
	// NoTimeout lets a step take as long as it takes.
	NoTimeout = core.NoTimeout
	// DefaultMaxFrame is the largest frame, in bytes: Kafka's socket.request.max.bytes.
	DefaultMaxFrame = core.DefaultMaxFrame
	// DefaultPort is a broker's when an address names none.
	DefaultPort = 9092
)
