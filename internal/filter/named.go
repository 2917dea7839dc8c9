package filter

import "reflect"

// topicFields are the fields of answers about groups that name topics.
var topicFields = map[string]bool{
	"Topic": true, "SubscribedTopics": true, "SubscribedTopicNames": true, "SourceTopics": true,
	"RepartitionSinkTopics": true, "SinkTopic": true,
}

// seesAllTopicsIn says whether the client may see all topics that are named in a part of an answer.
func (c *call) seesAllTopicsIn(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil() || c.seesAllTopicsIn(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if !c.seesAllTopicsIn(v.Index(i)) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if topicFields[v.Type().Field(i).Name] {
				if !c.seesNames(f) {
					return false
				}
			} else if f.Type() != tagsType && !c.seesAllTopicsIn(f) {
				return false
			}
		}
	}
	return true
}

// seesNames takes a name, a pointer to one or nil, or a list of names.
func (c *call) seesNames(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil() || c.seesNames(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if !c.seesNames(v.Index(i)) {
				return false
			}
		}
		return true
	}
	// Internal topics of a streams group have no name of their own before they are made.
	return v.Len() == 0 || c.seesTopicOf(v.String())
}
