package port

import "context"

// A Port carries messages between the page and the program. One goroutine calls Receive; any may call
// Post.
type Port interface {
	// Receive returns the page's next message. It fails once ctx ends.
	Receive(ctx context.Context) (Message, error)
	// Post sends the parts as one message, without waiting, and keeps none of them.
	Post(parts ...[]byte)
}

// A Message comes from the page.
type Message struct {
	Text  []byte // JSON
	Bytes []byte // what JSON can't hold; nil if the message has none
}
