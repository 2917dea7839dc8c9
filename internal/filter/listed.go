package filter

import (
	"encoding/binary"
	"fmt"
	"reflect"
)

// maxListed is how many entries all lists of a request may have together. The largest clusters have some
// 100,000 topics. What a parsed entry takes is a multiple of its bytes, and so is an answer that denies it.
const maxListed = 100_000

var errListed = fmt.Errorf("its lists have more than %d entries", maxListed)

// checkListed counts the entries of a parsed request, whose body had size bytes: no entry has none.
func checkListed(req any, size int) error {
	if size > maxListed && listed(reflect.ValueOf(req).Elem()) > maxListed {
		return errListed
	}
	return nil
}

// listed returns how many entries the lists in v have, beside lists of bytes.
func listed(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			n = listed(v.Elem())
		}
	case reflect.Struct:
		if v.Type() != tagsType {
			for i := range v.NumField() {
				n += listed(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return 0
		}
		n = v.Len()
		for i := 0; i < v.Len() && n <= maxListed; i++ {
			n += listed(v.Index(i))
		}
	}
	return n
}

// checkProduced counts the topics, partitions and unknown tags of a Produce before it is parsed, since a request
// of 16 MiB may have millions. It returns an error if there are too many, or bytes follow the request.
func checkProduced(version int16, body []byte) (entries int, err error) {
	s := skipper{b: body, flexible: version >= 9}
	if version >= 3 {
		s.skipText() // the transactional id
	}
	s.skip(2 + 4) // acks and timeout
	for topics := s.length(4); topics > 0 && s.goesOn(); topics-- {
		if version >= 13 {
			s.skip(16)
		} else {
			s.skipText()
		}
		s.entries++
		for partitions := s.length(4); partitions > 0 && s.goesOn(); partitions-- {
			s.skip(4)
			s.skip(s.length(4)) // the records
			s.skipTags()
			s.entries++
		}
		s.skipTags()
	}
	s.skipTags()
	switch {
	case s.entries > maxListed:
		return s.entries, errListed
	case s.failed:
		return s.entries, errShort
	case len(s.b) > 0:
		return s.entries, errTrailing
	}
	return s.entries, nil
}

// A skipper skips fields of a request.
type skipper struct {
	b        []byte
	flexible bool
	failed   bool
	entries  int // those that were skipped
}

func (s *skipper) goesOn() bool { return !s.failed && s.entries <= maxListed }

func (s *skipper) skip(n int) {
	if n > len(s.b) {
		s.b, s.failed = nil, true
	}
	s.b = s.b[min(max(n, 0), len(s.b)):] // null has no bytes
}

// length takes a length off, which has so many bytes unless the request is flexible. Null is -1.
func (s *skipper) length(size int) (n int) {
	if s.flexible {
		v, rest, err := uvarint(s.b)
		s.b, s.failed = rest, s.failed || err != nil
		return int(v) - 1
	}
	if len(s.b) < size {
		s.failed = true
		return 0
	}
	if size == 2 {
		n = int(int16(binary.BigEndian.Uint16(s.b)))
	} else {
		n = int(int32(binary.BigEndian.Uint32(s.b)))
	}
	s.skip(size)
	return n
}

func (s *skipper) skipText() { s.skip(s.length(2)) }

func (s *skipper) skipTags() {
	if s.flexible && s.goesOn() {
		number, _, _ := uvarint(s.b)
		rest, err := skipTags(s.b)
		s.b, s.failed = rest, err != nil
		s.entries += int(number)
	}
}
