package filter

import (
	"reflect"
	"slices"
	"sync"
)

// identifying are the fields of an answer that say what an entry is about, and their names in the request.
var identifying = map[string]string{
	"Topic": "Topic", "TopicID": "TopicID", "Partition": "Partition", "Group": "Group", "GroupID": "GroupID",
	"Key": "Key", "ResourceType": "ResourceType", "ResourceName": "ResourceName",
	"TransactionalID": "TransactionalID", "MemberID": "MemberID", "InstanceID": "InstanceID",
	"User": "Name", "Feature": "Feature", "Entity": "Entity",
}

// sources are the lists of requests that answers have under another name.
var sources = map[string][]string{
	"Coordinators":      {"CoordinatorKeys"},
	"TransactionStates": {"TransactionalIDs"},
	"Groups":            {"GroupIDs"},
	"Topics":            {"TopicNames"},
	"Results":           {"Creations", "Filters", "Users", "Deletions", "Upsertions", "FeatureUpdates"},
}

// unknown are numbers that Kafka sets to -1 beside an error.
var unknown = map[string]bool{
	"HighWatermark": true, "Offset": true, "BaseOffset": true, "LogAppendTime": true, "LowWatermark": true,
	"Timestamp": true, "LeaderEpoch": true, "NodeID": true, "Port": true, "EndOffset": true,
	"ProducerEpoch": true,
}

// A shape says what the fields of a part of a message are for.
type shape struct {
	fields       map[string]int // indexes by name
	errorCode    int            // or -1
	resourceType int            // or -1
	topicID      int            // or -1
	identifying  []identity
	lists        []list
	unknown      []int
	bytes        []int
	metadata     int // or -1
}

type identity struct {
	index  int
	source string
}

// A list is one of structs.
type list struct {
	index   int
	sources []string
	entries *shape
	// hasTopicIDs says that its entries have some, or lists that do.
	hasTopicIDs bool
}

// hasTopicIDs reports whether a part of a message has topic ids, at any depth.
func (s *shape) hasTopicIDs() bool {
	return s.topicID >= 0 || slices.ContainsFunc(s.lists, func(l list) bool { return l.hasTopicIDs })
}

var shapes sync.Map // reflect.Type: *shape

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{fields: map[string]int{}, errorCode: -1, resourceType: -1, topicID: -1, metadata: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		s.fields[f.Name] = i
		if source, ok := identifying[f.Name]; ok {
			s.identifying = append(s.identifying, identity{i, source})
		}
		switch {
		case f.Name == "ErrorCode":
			s.errorCode = i
		case f.Name == "ResourceType" && f.Type.Kind() == reflect.Int8:
			s.resourceType = i
		case f.Name == "TopicID" && f.Type == reflect.TypeFor[[16]byte]():
			s.topicID = i
		case f.Name == "Metadata" && f.Type == reflect.TypeFor[*string]():
			s.metadata = i
		case unknown[f.Name] && f.Type.Kind() != reflect.Uint16:
			s.unknown = append(s.unknown, i)
		case f.Type.Kind() != reflect.Slice:
		case f.Type.Elem().Kind() == reflect.Uint8:
			s.bytes = append(s.bytes, i)
		case f.Type.Elem().Kind() == reflect.Struct:
			entries := shapeOf(f.Type.Elem())
			s.lists = append(s.lists, list{i, append([]string{f.Name}, sources[f.Name]...), entries, entries.hasTopicIDs()})
		}
	}
	shapes.Store(t, s)
	return s
}

// setError sets the error code of v, if it has one.
func (s *shape) setError(v reflect.Value, code int16) bool {
	if s.errorCode < 0 {
		return false
	}
	// An entry about a configuration is denied as what it belongs to is.
	if s.resourceType >= 0 && code == errClusterAuthorization {
		code = resourceCode(v.Field(s.resourceType).Int())
	}
	v.Field(s.errorCode).SetInt(int64(code))
	return true
}

// setSentinels sets what Kafka puts beside an error.
func (s *shape) setSentinels(v reflect.Value) {
	for _, i := range s.unknown {
		if v.Field(i).CanInt() {
			v.Field(i).SetInt(-1)
		}
	}
	for _, i := range s.bytes { // not every client takes null for no records
		v.Field(i).SetBytes([]byte{})
	}
	if s.metadata >= 0 {
		v.Field(s.metadata).Set(reflect.ValueOf(new(string)))
	}
}
