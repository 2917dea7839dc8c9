package filter

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Kafka's error codes that the filter uses.
const (
	errTopicAuthorization     = 29
	errGroupAuthorization     = 30
	errClusterAuthorization   = 31
	errIllegalSASLState       = 34
	errUnsupportedVersion     = 35
	errTransactionalID        = 53
	errFetchSessionIDNotFound = 70
	errUnknownTopicID         = 100
	deniedByBridge            = "The bridge's policy doesn't allow it."
)

// errorResponse returns the answer to a request that is denied as a whole, in the shape of its API: the
// error is at the top of the answer if that has a place for it in this version, and at each entry otherwise.
func errorResponse(req kmsg.Request, code int16) kmsg.Response {
	resp := req.ResponseKind()
	resp.SetVersion(req.GetVersion())
	v := reflect.ValueOf(resp).Elem()
	s := shapeOf(v.Type())
	top := s.errorCode >= 0 && hasErrorCode(resp, v.Field(s.errorCode))
	s.setSentinels(v)
	s.setError(v, code)
	if message, ok := s.fields["ErrorMessage"]; ok && top {
		text := deniedByBridge
		v.Field(message).Set(reflect.ValueOf(&text))
	}
	if !top {
		s.denyLists(v, reflect.ValueOf(req).Elem(), code)
	}
	return resp
}

// hasErrorCode reports whether the answer has an error code of its own, the field, in its version.
func hasErrorCode(resp kmsg.Response, field reflect.Value) bool {
	without := resp.AppendTo(nil)
	field.SetInt(1)
	return !bytes.Equal(without, resp.AppendTo(nil))
}

// denyLists adds an entry with the error to the lists of an answer for each in those of the request.
func (s *shape) denyLists(dst, src reflect.Value, code int16) {
	from := shapeOf(src.Type())
	for _, l := range s.lists {
		for _, name := range l.sources {
			i, ok := from.fields[name]
			if !ok || src.Field(i).Kind() != reflect.Slice {
				continue
			}
			entries, list := src.Field(i), dst.Field(l.index)
			n := list.Len()
			list.Grow(entries.Len())
			list.SetLen(n + entries.Len())
			for j := range entries.Len() {
				denyEntry(list.Index(n+j), entries.Index(j), code)
			}
		}
	}
}

// deniedEntry returns an entry of an answer, of type t, for an entry of a request. It refers to no bytes of
// the request.
func deniedEntry(t reflect.Type, src reflect.Value, code int16) reflect.Value {
	dst := reflect.New(t).Elem()
	denyEntry(dst, src, code)
	return dst
}

func denyEntry(dst, src reflect.Value, code int16) {
	s := shapeOf(dst.Type())
	if d, ok := dst.Addr().Interface().(interface{ Default() }); ok {
		d.Default()
	}
	s.setSentinels(dst)
	if src.Kind() != reflect.Struct { // an entry of a list of names or of partitions
		for _, i := range s.identifying {
			if assign(dst.Field(i.index), src) {
				break
			}
		}
		s.setError(dst, code)
		return
	}
	from := shapeOf(src.Type())
	for _, i := range s.identifying {
		if j, ok := from.fields[i.source]; ok {
			assign(dst.Field(i.index), src.Field(j))
		}
	}
	if !s.setError(dst, code) {
		s.denyLists(dst, src, code)
	}
}

// assign copies a field of a request, if the types agree but for being nullable.
func assign(dst, src reflect.Value) bool {
	switch {
	case dst.Type() == src.Type():
		dst.Set(cloned(src))
	case dst.Kind() == reflect.Pointer && dst.Type().Elem() == src.Type():
		p := reflect.New(src.Type())
		p.Elem().Set(cloned(src))
		dst.Set(p)
	default:
		return false
	}
	return true
}

func cloned(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(strings.Clone(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(cloned(v.Elem()))
		return p
	case reflect.Slice:
		s := reflect.MakeSlice(v.Type(), 0, v.Len())
		for i := range v.Len() {
			s = reflect.Append(s, cloned(v.Index(i)))
		}
		return s
	case reflect.Struct:
		s := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			if v.Type().Field(i).Type != tagsType {
				s.Field(i).Set(cloned(v.Field(i)))
			}
		}
		return s
	}
	return v
}
