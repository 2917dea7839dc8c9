package client

import (
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// answerError returns the error that a broker's answer has, or nil for code 0. message is the broker's own, if
// it sent one.
func answerError(code int16, message *string) *port.Error {
	if code == 0 {
		return nil
	}
	e := *describe(kerr.ErrorForCode(code))
	if message != nil && *message != "" {
		e.Message = *message
	}
	return &e
}

// topicError is answerError about a topic. It returns an interface, so that no error is nil.
func topicError(topic string, code int16, message *string) error {
	e := answerError(code, message)
	if e == nil {
		return nil
	}
	e.Topic = topic
	return e
}

// partitionError is answerError about a partition.
func partitionError(topic string, partition int32, code int16) *port.Error {
	return ofPartition(answerError(code, nil), topic, partition)
}

// ofPartition adds to an error what it is about.
func ofPartition(e *port.Error, topic string, partition int32) *port.Error {
	if e == nil {
		return nil
	}
	about := *e
	about.Topic, about.Partition = topic, &partition
	return &about
}
