package filter

import (
	"reflect"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A tagPlan says where a struct has unknown tags.
type tagPlan struct {
	tags   int // index of UnknownTags, or -1
	nested []nestedTags
}

// nestedTags are those in a field that is a struct, a pointer to one, or a slice of them.
type nestedTags struct {
	field int
	kind  reflect.Kind
	plan  *tagPlan
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
		kind := ft.Kind()
		if kind == reflect.Slice || kind == reflect.Pointer {
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Struct {
			p.nested = append(p.nested, nestedTags{i, kind, tagPlanOf(ft)})
		}
	}
	tagPlans.Store(t, p)
	return p
}

// dropUnknownTags drops them from a message and all in it.
func dropUnknownTags(message any) {
	v := reflect.ValueOf(message).Elem()
	tagPlanOf(v.Type()).drop(v)
}

func (p *tagPlan) drop(v reflect.Value) {
	if p.tags >= 0 {
		v.Field(p.tags).SetZero()
	}
	for _, n := range p.nested {
		f := v.Field(n.field)
		switch n.kind {
		case reflect.Struct:
			n.plan.drop(f)
		case reflect.Pointer:
			if !f.IsNil() {
				n.plan.drop(f.Elem())
			}
		case reflect.Slice:
			for i := range f.Len() {
				n.plan.drop(f.Index(i))
			}
		}
	}
}
