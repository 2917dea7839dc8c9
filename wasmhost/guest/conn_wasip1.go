package guest

import (
	"io"
	"os"
)

// conn is a connection of bytes.
type conn struct{ endpoint }

func newConn(file *os.File, status record) *conn { return &conn{newEndpoint(file, status)} }

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	if err != nil && err != io.EOF {
		err = c.opError("read", readFailureOffset, err)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.file.Write(p)
	if err != nil {
		err = c.opError("write", writeFailureOffset, err)
	}
	return n, err
}

// CloseWrite ends the connection in the direction of the peer, which reads the end after the bytes written. It fails
// with syscall.ENOTSUP if the host's connection can't do that.
func (c *conn) CloseWrite() error {
	_, err := c.file.WriteAt([]byte{1}, closeWriteOffset)
	return c.plainError("close", err)
}
