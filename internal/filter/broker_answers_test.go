package filter

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// listedAnswers say of each API whether the answer to a request may name more than the request does. A broker
// is trusted not to name more in others.
var listedAnswers = map[int16]func(kmsg.Request) bool{
	keyMetadata: func(r kmsg.Request) bool {
		return r.(*kmsg.MetadataRequest).Topics == nil
	},
	9: func(r kmsg.Request) bool {
		req := r.(*kmsg.OffsetFetchRequest)
		all := req.Version >= 8 && len(req.Groups) > 0 || req.Version < 8 && req.Topics == nil
		for _, g := range req.Groups {
			all = all && g.Topics == nil
		}
		return all
	},
	75: func(r kmsg.Request) bool {
		return len(r.(*kmsg.DescribeTopicPartitionsRequest).Topics) == 0
	},
	keyDescribeGroups: always, // whose members have topics
	16:                always, // ListGroups
	35:                always, // DescribeLogDirs
	46:                always, // ListPartitionReassignments
	65:                always, // DescribeTransactions
	66:                always, // ListTransactions
	69:                always, // ConsumerGroupDescribe
	77:                always, // ShareGroupDescribe
	78:                always, // ShareFetch
	89:                always, // StreamsGroupDescribe
	90:                always, // DescribeShareGroupOffsets
}

func always(kmsg.Request) bool { return true }

// groupsOf returns the groups that a request names: a broker answers about no others.
func groupsOf(req reflect.Value) (groups []string) {
	switch req.Kind() {
	case reflect.Struct:
		for i := range req.NumField() {
			switch f := req.Field(i); req.Type().Field(i).Name {
			case "Group", "GroupID":
				if f.Kind() == reflect.String && f.Len() > 0 { // other versions than the request's have some too
					groups = append(groups, f.String())
				}
			case "Groups", "GroupIDs":
				groups = append(groups, groupsOf(f)...)
			}
		}
	case reflect.Slice:
		for i := range req.Len() {
			groups = append(groups, groupsOf(req.Index(i))...)
		}
	case reflect.String:
		groups = append(groups, req.String())
	}
	if groups == nil {
		groups = []string{""}
	}
	return groups
}

// memberData returns what the members of a group may have said of themselves.
func memberData() [][]byte {
	sub := kmsg.NewConsumerMemberMetadata()
	sub.Version, sub.Topics, sub.UserData = 3, []string{"orders", unseen}, []byte(unseen)
	sub.OwnedPartitions = []kmsg.ConsumerMemberMetadataOwnedPartition{{Topic: "orders"}, {Topic: unseen}}
	assigned := kmsg.NewConsumerMemberAssignment()
	assigned.Topics, assigned.UserData = []kmsg.ConsumerMemberAssignmentTopic{{Topic: unseen}, {Topic: "orders"}}, []byte(unseen)
	whole := sub.AppendTo(nil)
	return [][]byte{
		{}, whole, append(whole[:len(whole):len(whole)], unseen...), whole[:len(whole)-3],
		assigned.AppendTo(nil), append(assigned.AppendTo(nil), unseen...), []byte(unseen),
	}
}

// Operations, by their bits, and the APIs that they stand for.
var (
	topicChanges   = map[int]int16{4: 0, 5: 19, 6: 20, 7: 37, 11: 44}
	groupChanges   = map[int]int16{3: 11, 6: 42, 11: 44}
	clusterChanges = map[int]int16{5: 19, 7: 30, 9: 4, 11: 7}
)

// checkOperations fails if a part of an answer says that the client may do what its policy denies.
func checkOperations(t testing.TB, rights *policy.Rights, part reflect.Value) {
	t.Helper()
	switch part.Kind() {
	case reflect.Pointer:
		if !part.IsNil() {
			checkOperations(t, rights, part.Elem())
		}
	case reflect.Slice:
		for i := range part.Len() {
			checkOperations(t, rights, part.Index(i))
		}
	case reflect.Struct:
		for i := range part.NumField() {
			if !strings.HasSuffix(part.Type().Field(i).Name, "AuthorizedOperations") {
				checkOperations(t, rights, part.Field(i))
				continue
			}
			if operations := part.Field(i).Int(); operations != math.MinInt32 {
				checkBits(t, rights, part, operations)
			}
		}
	}
}

func checkBits(t testing.TB, rights *policy.Rights, part reflect.Value, operations int64) {
	t.Helper()
	changes, may := clusterChanges, func(key int16) bool { return rights.API(key, 0).Allowed }
	for _, name := range []string{"Topic", "Group", "GroupID"} {
		f := reflect.Indirect(part.FieldByName(name))
		switch {
		case !f.IsValid():
		case name == "Topic":
			changes, may = topicChanges, func(key int16) bool { return rights.Topic(key, f.String()).Allowed }
		default:
			changes, may = groupChanges, func(key int16) bool { return rights.Group(key, f.String()).Allowed }
		}
	}
	for bit, key := range changes {
		if operations&(1<<bit) != 0 && !may(key) {
			t.Fatalf("operation %d shows as allowed in %+v", bit, part)
		}
	}
}
