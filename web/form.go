package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"
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

// serve answers with the form, or with those parts of it that the client asks for. A form that is decompressed is sent
// whole, which RFC 9110 section 14.2 allows: each part would cost all that is before it.
func (f form) serve(w http.ResponseWriter, r *http.Request) {
	if !f.zipped {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
		return
	}
	r = r.Clone(r.Context())
	r.Header.Del("Range")
	r.Header.Del("If-Range")
	http.ServeContent(w, r, "", time.Time{}, &unzipped{body: f.body})
}

// An unzipped decompresses a body in gzip while it is read: hardly any client wants a file without a coding, and
// kafka.wasm would take 20 MB for good.
type unzipped struct {
	body []byte
	z    *gzip.Reader // nil: nothing was read
}

// unzipping has room for those that decompress now. It takes a processor half a second for kafka.wasm, and clients
// without codings must leave some processors to others.
var unzipping = make(chan struct{}, 2)

func (u *unzipped) Read(p []byte) (n int, err error) {
	unzipping <- struct{}{}
	defer func() { <-unzipping }()
	if u.z == nil {
		if u.z, err = gzip.NewReader(bytes.NewReader(u.body)); err != nil {
			return 0, err
		}
	}
	return u.z.Read(p)
}

// Seek implements io.Seeker as http.ServeContent uses it for a whole file: it asks for the end, to know the size, and
// returns to the beginning. It does so before it reads.
func (u *unzipped) Seek(offset int64, whence int) (int64, error) {
	switch {
	case offset == 0 && whence == io.SeekEnd:
		return u.size(), nil
	case offset == 0 && whence == io.SeekStart && u.z == nil:
		return 0, nil
	}
	return 0, errors.ErrUnsupported
}

// size is what gzip says at the end (RFC 1952 section 2.3.1): it is modulo 2³², and files here are smaller.
func (u *unzipped) size() int64 {
	return int64(binary.LittleEndian.Uint32(u.body[len(u.body)-4:]))
}
