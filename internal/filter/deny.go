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

// identifying are the fields of an answer that say what an entry is about. A denial takes them from the
// request.
var identifying = map[string]bool{
	"Topic": true, "TopicID": true, "Partition": true, "Group": true, "GroupID": true, "Key": true,
	"ResourceType": true, "ResourceName": true, "TransactionalID": true, "MemberID": true,
	"InstanceID": true, "User": true, "Feature": true, "Entity": true,
}

// sources are lists of requests, by the name that the answer has for them if it has another.
var sources = map[string][]string{
	"Coordinators":      {"CoordinatorKeys"},
	"TransactionStates": {"TransactionalIDs"},
	"Groups":            {"GroupIDs"},
	"Topics":            {"TopicNames"},
	"Results":           {"Creations", "Filters", "Users", "Deletions", "Upsertions"},
}

// errorResponse returns the answer to a request that is denied as a whole, in the shape of its API: the
// error is at the top of the answer if that has a place for it in this version, and at each entry otherwise.
func errorResponse(req kmsg.Request, code int16) kmsg.Response {
	resp := req.ResponseKind()
	resp.SetVersion(req.GetVersion())
	v := reflect.ValueOf(resp).Elem()
	top := hasErrorCode(resp, v)
	setError(v, code)
	emptyBytes(v)
	noNode(v)
	if message := v.FieldByName("ErrorMessage"); top && message.IsValid() {
		text := deniedByBridge
		message.Set(reflect.ValueOf(&text))
	}
	if !top {
		denyLists(v, reflect.ValueOf(req).Elem(), code)
	}
	return resp
}

// hasErrorCode reports whether the answer has an error code of its own in its version.
func hasErrorCode(resp kmsg.Response, v reflect.Value) bool {
	f := v.FieldByName("ErrorCode")
	if !f.IsValid() {
		return false
	}
	without := resp.AppendTo(nil)
	f.SetInt(1)
	return !bytes.Equal(without, resp.AppendTo(nil))
}

// denyLists adds an entry with the error to the lists of an answer for each in those of the request.
func denyLists(dst, src reflect.Value, code int16) {
	for i := range dst.NumField() {
		list := dst.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Struct {
			continue
		}
		name := dst.Type().Field(i).Name
		for _, from := range append([]string{name}, sources[name]...) {
			entries := src.FieldByName(from)
			if !entries.IsValid() || entries.Kind() != reflect.Slice {
				continue
			}
			for j := range entries.Len() {
				list.Set(reflect.Append(list, deniedEntry(list.Type().Elem(), entries.Index(j), code)))
			}
		}
	}
}

// deniedEntry returns an entry of an answer, of type t, for an entry of a request. It refers to no bytes of
// the request.
func deniedEntry(t reflect.Type, src reflect.Value, code int16) reflect.Value {
	dst := reflect.New(t).Elem()
	if d, ok := dst.Addr().Interface().(interface{ Default() }); ok {
		d.Default()
	}
	emptyBytes(dst)
	noNode(dst)
	if src.Kind() != reflect.Struct { // a list of names or of partitions
		for i := range dst.NumField() {
			if identifying[t.Field(i).Name] && assign(dst.Field(i), src) {
				break
			}
		}
		setError(dst, code)
		return dst
	}
	for i := range dst.NumField() {
		name := t.Field(i).Name
		if !identifying[name] {
			continue
		}
		from := src.FieldByName(name)
		if name == "User" {
			from = src.FieldByName("Name")
		}
		if from.IsValid() {
			assign(dst.Field(i), from)
		}
	}
	if !setError(dst, code) {
		denyLists(dst, src, code)
	}
	return dst
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

func setError(v reflect.Value, code int16) bool {
	f := v.FieldByName("ErrorCode")
	if !f.IsValid() {
		return false
	}
	// An entry about a configuration is denied as what it belongs to is.
	if t := v.FieldByName("ResourceType"); t.IsValid() && code == errClusterAuthorization && t.CanInt() {
		code = resourceCode(t.Int())
	}
	f.SetInt(int64(code))
	return true
}

// emptyBytes sets what is null to empty: not every client takes null for no records.
func emptyBytes(v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Uint8 {
			f.SetBytes([]byte{})
		}
	}
}

// noNode says that a coordinator is nowhere, as Kafka does.
func noNode(v reflect.Value) {
	node, port := v.FieldByName("NodeID"), v.FieldByName("Port")
	if node.IsValid() && port.IsValid() {
		node.SetInt(-1)
		port.SetInt(-1)
	}
}
