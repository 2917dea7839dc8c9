package filter

import (
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Each API that describes groups hides one whose topics are hidden, and cuts its operations.
func TestDescribedGroupsWithHiddenTopicsAreHidden(t *testing.T) {
	for _, key := range []int16{69, 77, 89} {
		for _, topic := range []string{"orders", "secret"} {
			f := newFilter(t, nil, analyst("read-only"))
			req, resp := kmsg.RequestForKey(key), kmsg.ResponseForKey(key)
			fill(reflect.ValueOf(req).Elem(), "a")
			fill(reflect.ValueOf(resp).Elem(), topic)
			for _, m := range []interface{ SetVersion(int16) }{req, resp} {
				m.SetVersion(req.MaxVersion())
			}
			group := reflect.ValueOf(resp).Elem().FieldByName("Groups").Index(0)
			group.FieldByName("AuthorizedOperations").SetInt(opRead | opDescribe)
			forward(t, f, req)
			got := reflect.ValueOf(reply(t, f, req, resp)).Elem().FieldByName("Groups").Index(0)
			isHidden := got.FieldByName("ErrorCode").Int() == errTopicAuthorization
			if isHidden != (topic == "secret") {
				t.Errorf("key %d, topic %s: hidden %v", key, topic, isHidden)
			}
			if ops := got.FieldByName("AuthorizedOperations").Int(); !isHidden && ops != opDescribe {
				t.Errorf("key %d: operations %b", key, ops)
			}
			members := got.FieldByName("Members").Len()
			message := got.FieldByName("ErrorMessage").Elem().String()
			if isHidden && (members > 0 || message != "The group has topics that the client is not authorized to describe.") {
				t.Errorf("key %d: %d members, %q", key, members, message)
			}
		}
	}
}
