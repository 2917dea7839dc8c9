package filter

import (
	"context"
	"encoding/base64"
	"fmt"
	"unicode"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
)

// An arrival is a request as Kafka reads it, which a policy may or may not allow.
type arrival struct {
	definition   *kafkamessage.Definition
	key, version int16
	rights       *policy.Rights
	request      map[string]any
}

// check returns what is not allowed of a request, or nil. It knows the definitions of messages, and nothing
// of the filter.
func (a *arrival) check() error {
	if !a.rights.API(a.key, a.version).Allowed {
		return fmt.Errorf("the API isn't allowed")
	}
	if err := a.fields(a.definition.Fields, a.request); err != nil {
		return err
	}
	return a.special()
}

func (a *arrival) fields(fields []kafkamessage.Field, object map[string]any) error {
	for _, f := range fields {
		if a.definition.Name == "ConsumerGroupHeartbeatRequest" && f.Name == "TopicPartitions" {
			continue // what a member says that it owns gives it no right: Kafka doesn't look at it either
		}
		value := object[jsonName(f.Name)]
		values, ok := value.([]any)
		if !ok && value != nil {
			values = []any{value}
		}
		for _, v := range values {
			var err error
			switch v := v.(type) {
			case string:
				err = a.name(f, v)
			case map[string]any:
				err = a.fields(a.definition.In(f), v)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func jsonName(name string) string { return string(unicode.ToLower(rune(name[0]))) + name[1:] }

func (a *arrival) name(f kafkamessage.Field, name string) error {
	switch {
	case f.Name == "TopicId":
		return a.topicID(name)
	case f.EntityType == "topicName" && !a.rights.Topic(a.key, name).Allowed,
		f.EntityType == "groupId" && !a.rights.Group(a.key, name).Allowed,
		f.EntityType == "transactionalId" && !a.rights.TransactionalID(a.key, name).Allowed:
		return fmt.Errorf("%s %q isn't allowed", f.Name, name)
	}
	return nil
}

func (a *arrival) topicID(text string) error {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 16 {
		return fmt.Errorf("%q is no topic id", text)
	}
	id := [16]byte(b)
	name, known := topicNames(context.Background(), [][16]byte{id})[id]
	if id != [16]byte{} && (!known || !a.rights.Topic(a.key, name).Allowed) {
		return fmt.Errorf("topic id %s, of %q, isn't allowed", text, name)
	}
	return nil
}

// special checks what the definitions don't annotate.
func (a *arrival) special() error {
	text := func(field string) string { s, _ := a.request[field].(string); return s }
	number := func(field string, without float64) float64 {
		if n, ok := a.request[field].(float64); ok {
			return n
		}
		return without
	}
	state, _ := a.request["replicaState"].(map[string]any)
	if id, ok := state["replicaId"].(float64); ok && id >= 0 || number("replicaId", -1) >= 0 {
		return fmt.Errorf("it is of a follower")
	}
	switch a.definition.Name {
	case "FetchRequest":
		if number("sessionId", 0) != 0 || number("sessionEpoch", -1) != -1 {
			return fmt.Errorf("it has a session")
		}
	case "MetadataRequest":
		return a.creation()
	case "FindCoordinatorRequest":
		keys, _ := a.request["coordinatorKeys"].([]any)
		if a.version < 4 {
			keys = []any{text("key")}
		}
		return a.coordinators(number("keyType", 0), keys)
	case "DescribeConfigsRequest", "AlterConfigsRequest", "IncrementalAlterConfigsRequest":
		return a.configs()
	case "ConsumerGroupHeartbeatRequest":
		if text("subscribedTopicRegex") != "" && !a.rights.AllTopics(a.key) {
			return fmt.Errorf("it subscribes to a pattern")
		}
	case "StreamsGroupHeartbeatRequest":
		return a.subscriptions()
	case "ElectLeadersRequest":
		if a.request["topicPartitions"] == nil && !a.rights.AllTopics(a.key) {
			return fmt.Errorf("it is about all topics")
		}
	}
	return nil
}

func (a *arrival) subscriptions() error {
	topology, _ := a.request["topology"].(map[string]any)
	subtopologies, _ := topology["subtopologies"].([]any)
	for _, s := range subtopologies {
		if patterns, _ := s.(map[string]any)["sourceTopicRegex"].([]any); len(patterns) > 0 && !a.rights.AllTopics(a.key) {
			return fmt.Errorf("it subscribes to a pattern")
		}
	}
	return nil
}

// creation: a broker creates the topics that Metadata names, unless told not to.
func (a *arrival) creation() error {
	creates, known := a.request["allowAutoTopicCreation"].(bool)
	topics, _ := a.request["topics"].([]any)
	for _, t := range topics {
		name, _ := t.(map[string]any)["name"].(string)
		if (creates || !known) && name != "" && !(a.rights.API(keyCreateTopics, 0).Allowed && a.rights.Topic(keyCreateTopics, name).Allowed) {
			return fmt.Errorf("it creates %q", name)
		}
	}
	return nil
}

func (a *arrival) coordinators(kind float64, keys []any) error {
	for _, key := range keys {
		key := key.(string)
		if !(kind == 0 && a.rights.Group(a.key, key).Allowed || kind == 1 && a.rights.TransactionalID(a.key, key).Allowed) {
			return fmt.Errorf("coordinator of %q, of kind %v, isn't allowed", key, kind)
		}
	}
	return nil
}

func (a *arrival) configs() error {
	resources, _ := a.request["resources"].([]any)
	for _, r := range resources {
		resource := r.(map[string]any)
		name, kind := resource["resourceName"].(string), resource["resourceType"].(float64)
		allowed := a.rights.Brokers(a.key)
		switch kind {
		case configTopic:
			allowed = a.rights.Topic(a.key, name)
		case configGroup:
			allowed = a.rights.Group(a.key, name)
		}
		if !allowed.Allowed {
			return fmt.Errorf("configuration of %q, of type %v, isn't allowed", name, kind)
		}
	}
	return nil
}
