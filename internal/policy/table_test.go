package policy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
)

// TestTableHasWhatKmsgKnows holds that no API is forgotten that the bridge can parse.
func TestTableHasWhatKmsgKnows(t *testing.T) {
	for k := range int16(kmsg.MaxKey + 1) {
		a := lookup(k)
		if a == nil {
			t.Errorf("%d (%s) is missing", k, kmsg.NameForKey(k))
			continue
		}
		name := kmsg.NameForKey(k)
		if name == "AlterPartitionAssignments" {
			name = "AlterPartitionReassignments" // as Kafka calls it
		}
		if !strings.EqualFold(a.name, name) {
			t.Errorf("%d is %s, and %s in kmsg", k, a.name, name)
		}
	}
}

// TestTableMakesSense holds what each entry says together.
func TestTableMakesSense(t *testing.T) {
	seen := map[int16]bool{}
	for _, a := range table {
		ways := 0
		for _, is := range []bool{a.always, a.in != 0, a.named != "", a.highest() < 0} {
			if is {
				ways++
			}
		}
		switch {
		case seen[a.key]:
			t.Errorf("%d is there twice", a.key)
		case ways != 1:
			t.Errorf("%s has %d ways to be allowed or not", a.name, ways)
		case a.optional&^a.names != 0:
			t.Errorf("%s: what is optional is named", a.name)
		case a.joins && a.names&groups == 0:
			t.Errorf("%s joins a group, and names none", a.name)
		case a.never == "" && a.maxVersion != 0:
			t.Errorf("%s has a highest version, and no reason for it", a.name)
		case a.inBrokers != 0 && !a.brokers:
			t.Errorf("%s is not about brokers, and allowed on them", a.name)
		}
		seen[a.key] = true
	}
}

// TestTableHasWhatKafkaKnows compares the table with the definitions of messages in Kafka's own jar: each
// API is there, by Kafka's name, and each kind of resource that a field is annotated with.
func TestTableHasWhatKafkaKnows(t *testing.T) {
	messages := kafkamessage.Definitions(t)
	if len(messages) < 180 {
		t.Fatalf("the jar defines %d messages", len(messages))
	}
	for _, m := range messages {
		a := lookup(m.Key)
		name := strings.TrimSuffix(strings.TrimSuffix(m.Name, "Request"), "Response")
		if a == nil || a.name != name {
			t.Errorf("%d, %s, is missing or has another name", m.Key, name)
			continue
		}
		if m.Valid == "none" && a.never != removed {
			t.Errorf("Kafka has removed %s", a.name)
		}
		forClients := false
		for _, listener := range m.Listeners {
			forClients = forClients || listener == "broker"
		}
		if m.Type == "request" && !forClients && a.highest() >= 0 {
			t.Errorf("only controllers take %s", a.name)
		}
		for entity, fields := range entities(m) {
			checkEntity(t, a, m, entity, fields)
		}
	}
}

// harmless says why the ids of brokers in a request need no policy.
var harmless = map[string]string{
	"Fetch.ReplicaId":                      "the filter refuses what isn't negative",
	"ListOffsets.ReplicaId":                "the filter refuses what isn't negative",
	"OffsetForLeaderEpoch.ReplicaId":       "the filter refuses what isn't negative",
	"CreateTopics.BrokerIds":               "who may create the topic may say where",
	"CreatePartitions.BrokerIds":           "who may change the topic may say where",
	"AlterPartitionReassignments.Replicas": "who may change the topic may say where",
	"UnregisterBroker.BrokerId":            "it is what the API is about, which only its name allows",
}

func checkEntity(t *testing.T, a *api, m *kafkamessage.Definition, entity string, fields []string) {
	kind := map[string]kinds{"topicName": topics, "groupId": groups, "transactionalId": transactionalIDs}[entity]
	switch {
	case kind != 0 && m.Type == "request":
		if a.names&kind == 0 {
			t.Errorf("%s names a %s, in %s", m.Name, entity, fields)
		}
	case kind != 0:
		if (a.names|a.answers)&kind == 0 {
			t.Errorf("%s names a %s, in %s", m.Name, entity, fields)
		}
	case entity == "brokerId" && m.Type == "request" && a.highest() >= 0:
		for _, field := range fields {
			if harmless[a.name+"."+field] == "" {
				t.Errorf("%s names a broker, in %s", m.Name, field)
			}
		}
	case entity != "brokerId" && entity != "producerId":
		t.Errorf("%s names a %s, in %s, of which policies know nothing", m.Name, entity, fields)
	}
}

// notAnnotated are the resources that Kafka's definitions don't mark as such: fields by their names, and in
// which APIs they stand for which kinds.
var notAnnotated = []struct {
	field string
	kinds kinds
	apis  string // a regular expression
}{
	{"TopicId", topics, `.`},
	{"Topic", topics, `.`},
	{"TopicName", topics, `.`},
	{"TopicNames", topics, `.`},
	{"SubscribedTopicRegex", topics, `.`},
	{"SourceTopicRegex", topics, `.`},
	{"StateChangelogTopics", topics, `.`},
	{"GroupId", groups, `.`},
	{"GroupIds", groups, `.`},
	{"TransactionalIdPattern", transactionalIDs, `.`},
	{"CoordinatorKeys", topics | groups | transactionalIDs, `.`},
	{"Key", topics | groups | transactionalIDs, `^FindCoordinator`},
	// Of DescribeAcls and its like, resources are patterns that no policy is asked about: they are named only.
	{"ResourceName", topics | groups, `Configs?Re|ConfigResourcesRe`},
}

// TestTableHasWhatKafkaDoesNotAnnotate looks at the fields that name a resource without an entityType.
func TestTableHasWhatKafkaDoesNotAnnotate(t *testing.T) {
	found := map[string]int{}
	for _, m := range kafkamessage.Definitions(t) {
		a := lookup(m.Key)
		if a == nil || m.Key == key(t, "Envelope") {
			continue
		}
		for _, f := range m.All() {
			for _, n := range notAnnotated {
				if f.Name != n.field || !regexp.MustCompile(n.apis).MatchString(m.Name) {
					continue
				}
				found[n.field]++
				kinds := a.names
				if m.Type == "response" {
					kinds |= a.answers
				}
				if kinds&n.kinds != n.kinds && a.highest() >= 0 {
					t.Errorf("%s has the field %s", m.Name, f.Name)
				}
			}
			if f.EntityType == "" && nameable.MatchString(f.Type) && suspicious.MatchString(f.Name) && !known(f.Name) && a.highest() >= 0 {
				t.Errorf("%s has the field %s, of type %s: does it name a resource?", m.Name, f.Name, f.Type)
			}
		}
	}
	for _, n := range notAnnotated {
		if found[n.field] == 0 {
			t.Errorf("no message has a field %s", n.field)
		}
	}
}

// nameable are the types of names and ids.
var nameable = regexp.MustCompile(`^(\[\])?(string|uuid)$`)

// suspicious are the names of fields that may be names of resources.
var suspicious = regexp.MustCompile(`Topic|Group|Transactional|Pattern|Regex|Resource`)

// innocent are those which are suspicious, and name no resource of a policy.
var innocent = regexp.MustCompile(`^(` + strings.Join([]string{
	`GroupInstanceId`,      // of a member
	`GroupState|GroupType`, // one of a few words
	`ResourceNameFilter`,   // of ACLs, whose APIs are allowed by name only, and on everything
}, "|") + `)$`)

func known(field string) bool {
	for _, n := range notAnnotated {
		if n.field == field {
			return true
		}
	}
	return innocent.MatchString(field)
}
