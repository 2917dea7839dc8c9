package filter

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// cursors hide the topic at which a page of an answer ends, if the client may not see it: the client gets
// the name sealed by a key of this process, and sends it back for the next page.
type cursors struct{ aead cipher.AEAD }

// sealedPrefix begins no topic's name.
const sealedPrefix = "~"

var processCursors = newCursors()

func newCursors() cursors {
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the right length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return cursors{aead}
}

func (c cursors) seal(topic string) string {
	return sealedPrefix + base64.RawURLEncoding.EncodeToString(c.aead.Seal(nil, nil, []byte(topic), nil))
}

func (c cursors) open(sealed string) (topic string, ok bool) {
	encoded, ok := strings.CutPrefix(sealed, sealedPrefix)
	if !ok {
		return "", false
	}
	b, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", false
	}
	b, err = c.aead.Open(nil, nil, b, nil)
	return string(b), err == nil
}
