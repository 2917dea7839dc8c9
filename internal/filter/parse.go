package filter

import (
	"errors"
	"reflect"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

var errTrailing = errors.New("bytes follow its end")

// readRequest parses the body of a request. What it returns refers to body. It has no unknown tags: Kafka
// may know them.
func readRequest(key, version int16, body []byte) (kmsg.Request, error) {
	if key == keyProduce {
		if err := checkProduced(version, body); err != nil {
			return nil, err
		}
	}
	req, err := unsafeRead(kmsg.RequestForKey(key), version, body)
	if err == nil {
		err = checkListed(req, len(body))
	}
	if err != nil {
		return nil, err
	}
	// kmsg ignores what follows a message. A message that is whole without the last byte has such bytes.
	if len(body) > 0 {
		if _, err := unsafeRead(kmsg.RequestForKey(key), version, body[:len(body)-1]); err == nil {
			return nil, errTrailing
		}
	}
	if req.IsFlexible() {
		dropUnknownTags(reflect.ValueOf(req).Elem())
	}
	return req, nil
}

func unsafeRead(req kmsg.Request, version int16, body []byte) (kmsg.Request, error) {
	req.SetVersion(version)
	return req, req.(kmsg.UnsafeReadFrom).UnsafeReadFrom(body)
}

// readResponse parses the body of an answer, which it copies. It drops unknown tags: they may name anything.
func readResponse(resp kmsg.Response, version int16, body []byte) error {
	resp.SetVersion(version)
	if err := resp.ReadFrom(body); err != nil {
		return err
	}
	if resp.IsFlexible() {
		dropUnknownTags(reflect.ValueOf(resp).Elem())
	}
	return nil
}

// A tagPlan says where a struct has unknown tags.
type tagPlan struct {
	tags   int   // index of UnknownTags, or -1
	nested []int // fields that are structs, pointers to structs, or slices of structs
}

var (
	tagPlans sync.Map // reflect.Type: *tagPlan
	tagsType = reflect.TypeFor[kmsg.Tags]()
)

func tagPlanOf(t reflect.Type) *tagPlan {
	if p, ok := tagPlans.Load(t); ok {
		return p.(*tagPlan)
	}
	p := &tagPlan{tags: -1}
	for i := range t.NumField() {
		ft := t.Field(i).Type
		if ft == tagsType {
			p.tags = i
			continue
		}
		if ft.Kind() == reflect.Slice || ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Struct {
			p.nested = append(p.nested, i)
		}
	}
	tagPlans.Store(t, p)
	return p
}

// dropUnknownTags drops them from a message and all in it.
func dropUnknownTags(v reflect.Value) {
	p := tagPlanOf(v.Type())
	if p.tags >= 0 {
		v.Field(p.tags).SetZero()
	}
	for _, i := range p.nested {
		f := v.Field(i)
		switch f.Kind() {
		case reflect.Struct:
			dropUnknownTags(f)
		case reflect.Pointer:
			if !f.IsNil() {
				dropUnknownTags(f.Elem())
			}
		case reflect.Slice:
			for j := range f.Len() {
				dropUnknownTags(f.Index(j))
			}
		}
	}
}
