package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
)

// A form is a file in a content coding.
type form struct {
	coding codingName
	body   []byte
	etag   string
	zipped bool // body is in gzip, and is sent without
}

func newForm(coding codingName, body []byte) form {
	sum := sha256.Sum256(body)
	return form{coding: coding, body: body, etag: hex.EncodeToString(sum[:8])}
}

// decompressed returns the form without a coding of one in gzip.
func (f form) decompressed() (form, error) {
	if f.coding == identity {
		return f, nil
	}
	if _, err := gzip.NewReader(bytes.NewReader(f.body)); err != nil {
		return form{}, err
	}
	return form{coding: identity, body: f.body, etag: f.etag + "-plain", zipped: true}, nil
}

// content is what a client gets.
func (f form) content() io.ReadSeeker {
	if f.zipped {
		return &unzipped{body: f.body}
	}
	return bytes.NewReader(f.body)
}

// An unzipped decompresses a body in gzip while it is read: hardly any client wants a file without a coding, and
// kafka.wasm would take 20 MB for good.
type unzipped struct {
	body []byte
	at   int64        // where the next Read begins
	z    *gzip.Reader // nil: nothing was read
	done int64        // what z has returned
}

// unzipping has room for those that decompress now. It takes a processor half a second for kafka.wasm, and clients
// without codings must leave some processors to others.
var unzipping = make(chan struct{}, 2)

func (u *unzipped) Read(p []byte) (n int, err error) {
	unzipping <- struct{}{}
	defer func() { <-unzipping }()
	if u.z == nil || u.done > u.at {
		if u.z, err = gzip.NewReader(bytes.NewReader(u.body)); err != nil {
			return 0, err
		}
		u.done = 0
	}
	if u.done < u.at {
		skipped, err := io.CopyN(io.Discard, u.z, u.at-u.done)
		u.done += skipped
		if err != nil {
			return 0, err
		}
	}
	n, err = u.z.Read(p)
	u.done += int64(n)
	u.at = u.done
	return n, err
}

// Seek implements io.Seeker as http.ServeContent uses it: it asks for the end, to know the size.
func (u *unzipped) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += u.at
	case io.SeekEnd:
		offset += u.size()
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	u.at = offset
	return offset, nil
}

// size is what gzip says at the end (RFC 1952 section 2.3.1): it is modulo 2³², and files here are smaller.
func (u *unzipped) size() int64 {
	return int64(binary.LittleEndian.Uint32(u.body[len(u.body)-4:]))
}
