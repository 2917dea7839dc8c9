package filter

import (
	"errors"
	"reflect"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/bufferpool"
)

var errTrailing = errors.New("bytes follow its end")

// readRequest parses the body of a request into req, which has its version. It refers to body. It has no
// unknown tags: Kafka may know them.
func readRequest(req kmsg.Request, body []byte) error {
	isProduce := req.Key() == keyProduce
	isWhole := false
	if isProduce {
		var err error
		if isWhole, err = checkProduced(req.GetVersion(), body); err != nil {
			return err
		}
	}
	if err := unsafeRead(req, body); err != nil {
		return err
	}
	if err := checkListed(req, len(body)); err != nil {
		return err
	}
	if !isProduce {
		isWhole = encodesTo(req, len(body))
	}
	if !isWhole && hasTrailing(req, body) {
		return errTrailing
	}
	if req.IsFlexible() {
		dropUnknownTags(reflect.ValueOf(req).Elem())
	}
	return nil
}

func unsafeRead(req kmsg.Request, body []byte) error {
	return req.(kmsg.UnsafeReadFrom).UnsafeReadFrom(body)
}

// encodesTo reports whether kmsg's encoding of a parsed request has size bytes, those of its body. Then nothing
// follows it in the body, since kmsg's encoding is the shortest. The reverse isn't true.
func encodesTo(req kmsg.Request, size int) bool {
	b := req.AppendTo(bufferpool.Get(size))
	defer bufferpool.Put(b)
	return len(b) == size
}

// hasTrailing reports whether bytes follow a request, which kmsg ignores: a request that is whole without the
// last byte of body has such bytes.
func hasTrailing(req kmsg.Request, body []byte) bool {
	if len(body) == 0 {
		return false
	}
	without := kmsg.RequestForKey(req.Key())
	without.SetVersion(req.GetVersion())
	return unsafeRead(without, body[:len(body)-1]) == nil
}

// readResponse parses the body of an answer, which it copies.
func readResponse(resp kmsg.Response, version int16, body []byte) error {
	resp.SetVersion(version)
	return resp.ReadFrom(body)
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
