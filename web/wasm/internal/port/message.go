package port

import (
	"encoding/binary"
	"encoding/json"
)

// The kinds of messages to the page.
const (
	kindResult byte = iota + 1
	kindError
	kindItem
	kindAsk
	kindRetract
)

// header returns the first bytes of a message to the page.
func header(kind byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, id)
}

// An incoming message has one of the ids, which says what it is.
type incoming struct {
	Call    uint32          `json:"call"`
	Method  string          `json:"method"`
	On      uint32          `json:"on"`
	Options json.RawMessage `json:"options"`

	Cancel uint32 `json:"cancel"`

	Credit uint32 `json:"credit"`
	Items  int    `json:"items"` // of a call or a credit

	Answer uint32          `json:"answer"`
	Value  json.RawMessage `json:"value"`
	Failed string          `json:"failed"` // the text of the error; empty: there is a value
}
