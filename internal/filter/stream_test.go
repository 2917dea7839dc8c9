package filter

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
)

// streamPolicies are those under which generated streams are.
var streamPolicies = [][]policy.Policy{
	{analyst("full")},
	{analyst("read-only")},
	{producer()},
	{{Identities: []string{"ci"}, Allow: []string{"DescribeAcls", "UpdateFeatures", "DescribeUserScramCredentials"}}},
	{analyst("read-only"), {
		Identities: []string{"ci"}, Allow: []string{"full", "AlterConfigs of brokers"}, Topics: []string{"own*"},
		ConsumerGroups: policy.ConsumerGroups{Join: []string{"own*"}}, TransactionalIDs: []string{"own*"},
	}},
	{{
		Identities: []string{"ci"}, Allow: []string{"read-only"}, Topics: []string{"own*"}, // and not what analyst may
		ConsumerGroups: policy.ConsumerGroups{Join: []string{"mine*"}},
	}},
	{{
		Identities: []string{"ci"}, Allow: []string{"full"}, Topics: []string{"*", "_*"},
		ConsumerGroups: policy.ConsumerGroups{Join: []string{"mine*"}}, TransactionalIDs: []string{"tx*"},
	}},
}

func streamRights(t testing.TB) (rights []*policy.Rights) {
	t.Helper()
	for _, p := range streamPolicies {
		set, err := policy.New(p)
		if err != nil {
			t.Fatal(err)
		}
		rights = append(rights, set.Rights("prod", "ci", nil))
	}
	return rights
}

// inTag is in the tags that no definition has.
const inTag = "tagged"

// requestNames are what generated requests name: what some policy allows, and what comes close to it.
var requestNames = func() *kafkamessage.Names {
	n := &kafkamessage.Names{
		Topics: []string{
			"orders", "orders", "orders", "orders-eu", "own", "secret", "__consumer_offsets", "__cluster_metadata",
			"", "Orders", "orders\xff", "\x00orders", strings.Repeat("orders", 60),
		},
		Groups:           []string{"mine", "mine", "mine-2", "own", "other", "_hidden", "", "mine\xed\xa0\x80"},
		TransactionalIDs: []string{"tx", "tx", "tx1", "own", "other", "_tx", ""},
		TopicIDs:         [][16]byte{id(1), id(1), id(2), id(3), id(4), id(9), {}},
		Members:          []string{"AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAR", "m\xff", "m\xfe"},
		Bytes:            [][]byte{{}, []byte("secret"), make([]byte, 100)},
		Tags:             [][]byte{{}, []byte(inTag), []byte("\x00\x06" + inTag + "\x00")},
	}
	n.Others = slices.Concat(n.Topics, n.Groups, n.TransactionalIDs, []string{"x", "1", "orders.*", "mine:AAAAAAAAAAAAAAAAAAAAAw:0"})
	return n
}()

// definitionsOf returns the definitions that kmsg knows too, by their keys.
func definitionsOf(t testing.TB, kind string) (definitions []*kafkamessage.Definition) {
	t.Helper()
	for _, d := range kafkamessage.Definitions(t) {
		if d.Type == kind && kmsg.RequestForKey(d.Key) != nil && d.Valid.Highest() >= 0 {
			definitions = append(definitions, d)
		}
	}
	slices.SortFunc(definitions, func(a, b *kafkamessage.Definition) int { return int(a.Key) - int(b.Key) })
	return definitions
}

// numbered returns other choices for each number.
func numbered(n uint64) *kafkamessage.Choices {
	return kafkamessage.NewChoices(binary.BigEndian.AppendUint64(nil, n*0x9e3779b97f4a7c15))
}

// What headers end with: the client id, whose length may be wrong, and tags.
var (
	clientIDs  = []string{"\x00\x03app", "\x00\x03app", "\x00\x03app", "\x00\x03app", "\x00\x00", "\xff\xff", "\xff\xfe", "\x00\x01\xff", "\x00\x04app\xfe"}
	headerTags = []string{"\x00", "\x00", "\x00", "\x00", "\x01\x05\x02xy", "\x02\x00\x01x\x00\x00"}
)

// generate returns a request as choices make it, without its length.
func generate(c *kafkamessage.Choices, definitions []*kafkamessage.Definition, rights *policy.Rights, names *kafkamessage.Names) []byte {
	d := kafkamessage.Pick(c, definitions)
	for tries := c.Below(8); tries > 0 && !rights.API(d.Key, 0).Allowed; tries-- { // rather one that is allowed
		d = kafkamessage.Pick(c, definitions)
	}
	version := d.Valid.Lowest() + int16(c.Below(int(d.Valid.Highest()-d.Valid.Lowest())+1))
	if c.OneIn(16) { // one that this Kafka may not know
		version += int16(c.Below(3)) - 1
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(d.Key))
	b = binary.BigEndian.AppendUint16(b, uint16(version))
	b = binary.BigEndian.AppendUint32(b, uint32(c.Below(3)))
	b = append(b, kafkamessage.Pick(c, clientIDs)...)
	if d.Flexible.Has(version) {
		b = append(b, kafkamessage.Pick(c, headerTags)...)
	}
	b = d.Append(b, version, c, names, kafkamessage.Pick(c, []int{0, 0, 0, 0, 0, 1, 2, 3}))
	switch c.Below(32) {
	case 29:
		b[c.Below(len(b))] ^= byte(c.Below(256))
	case 30:
		b = append(b, c.Bytes(40)...)
	case 31:
		b = b[:c.Below(len(b))]
	}
	return b
}

// wholeRequest returns a request of the highest version as a client sends it, with its length.
func wholeRequest(req kmsg.Request) []byte {
	fill(reflect.ValueOf(req).Elem(), "orders")
	req.SetVersion(req.MaxVersion())
	return framed(request(1, req))
}

// framed returns a request with its length.
func framed(request []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(request))), request...)
}
