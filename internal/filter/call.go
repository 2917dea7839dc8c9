package filter

import (
	"context"
	"encoding/binary"
	"reflect"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// rights are what a client may do: *policy.Rights.
type rights interface {
	API(key, version int16) policy.Decision
	Topic(key int16, topic string) policy.Decision
	AllTopics(key int16) bool
	Group(key int16, group string) policy.Decision
	TransactionalID(key int16, id string) policy.Decision
	Brokers(key int16) policy.Decision
}

// A call is one request on its way to the broker, and its answer on the way back.
type call struct {
	filter       *Filter
	ctx          context.Context // of the request, then of the answer
	rights       rights          // of the time of the request, then of that of the answer
	key, version int16
	name         string
	req          kmsg.Request
	local        kmsg.Response       // the filter's own answer: nothing goes to the broker
	names        map[[16]byte]string // of topic ids that askNames asked for
	denied       []deniedPart
	rewrites     []func(kmsg.Response) // what to do with the broker's answer
	size         int                   // bytes that denied and rewrites hold
	reported     int                   // denials
}

// maxReported is how many denials of one request are reported.
const maxReported = 100

// A deniedPart is an entry that belongs into a list of the answer.
type deniedPart struct {
	list  string
	entry reflect.Value
}

// decide lets the handler of the API decide what becomes of the request.
func (c *call) decide() {
	handle := handlers[c.key]
	d := c.rights.API(c.key, c.version)
	if handle == nil {
		d = policy.Decision{}
	}
	if !c.allowed(d, "", "") {
		c.denyAll(denialCode(c.req))
		return
	}
	handle(c)
}

// allowed says whether a decision lets something through, and reports what it doesn't, or only observes.
func (c *call) allowed(d policy.Decision, kind, name string) bool {
	if (!d.Allowed || d.Observed) && c.filter.options.Denied != nil && c.reported < maxReported {
		c.reported++
		resource := kind
		if kind != "" {
			resource = kind + " " + name
		}
		c.filter.options.Denied(Denial{API: c.name, Version: c.version, Resource: resource, Observed: d.Observed})
	}
	return d.Allowed || d.Observed
}

func (c *call) topic(name string) bool {
	return utf8.ValidString(name) && c.allowed(c.rights.Topic(c.key, name), "topic", name)
}

func (c *call) group(id string) bool {
	return utf8.ValidString(id) && c.allowed(c.rights.Group(c.key, id), "group", id)
}

func (c *call) transactionalID(id string) bool {
	return utf8.ValidString(id) && c.allowed(c.rights.TransactionalID(c.key, id), "transactional id", id)
}

// allTopics says whether the request may be about all topics, or about those of a pattern.
func (c *call) allTopics() bool {
	if c.rights.AllTopics(c.key) {
		return true
	}
	// No topic has such a name. So only what an observing policy lets through is observed for it.
	d := policy.Decision{}
	if c.rights.Topic(c.key, "\x00").Observed || c.rights.Topic(c.key, "_\x00").Observed {
		d.Observed = true
	}
	return c.allowed(d, "topic", "*")
}

// Whether the client may see what an answer names. Nobody asked for it, so it is no denial.
func (c *call) seesTopic(name string) bool { return let(c.rights.Topic(c.key, name)) }
func (c *call) seesGroup(id string) bool   { return let(c.rights.Group(c.key, id)) }
func (c *call) seesTransactionalID(id string) bool {
	return let(c.rights.TransactionalID(c.key, id))
}

func let(d policy.Decision) bool { return d.Allowed || d.Observed }

// denyAll answers the whole request with an error.
func (c *call) denyAll(code int16) { c.local = errorResponse(c.req, code) }

// answerEmpty answers the request with what was denied of it alone.
func (c *call) answerEmpty() {
	c.local = c.req.ResponseKind()
	c.local.SetVersion(c.version)
}

// onAnswer has the broker's answer parsed, and changed by fn.
func (c *call) onAnswer(fn func(kmsg.Response)) { c.rewrites = append(c.rewrites, fn) }

// split takes entries out of a list of the request, and puts them with an error into that of the answer with
// the name in. check returns the error, or 0 for an entry that stays. It returns how many stay.
func (c *call) split(list, in string, check func(entry reflect.Value) int16) int {
	return c.splitIn(reflect.ValueOf(c.req).Elem(), list, in, check)
}

func (c *call) splitIn(from reflect.Value, list, in string, check func(entry reflect.Value) int16) int {
	entries := from.FieldByName(list)
	var answer reflect.Type // of an entry
	kept := 0
	for i := range entries.Len() {
		entry := entries.Index(i)
		if code := check(entry); code != 0 {
			if answer == nil {
				answer = reflect.ValueOf(c.req.ResponseKind()).Elem().FieldByName(in).Type().Elem()
			}
			denied := deniedEntry(answer, entry, code)
			c.denied = append(c.denied, deniedPart{in, denied})
			c.size += sizeOf(denied)
			continue
		}
		if kept != i {
			entries.Index(kept).Set(entry)
		}
		kept++
	}
	entries.SetLen(kept)
	return kept
}

// addDenied adds what was denied to an answer.
func (c *call) addDenied(resp kmsg.Response) {
	v := reflect.ValueOf(resp).Elem()
	for _, d := range c.denied {
		list := v.FieldByName(d.list)
		list.Set(reflect.Append(list, d.entry))
	}
}

// sizeOf returns about how many bytes a value holds.
func sizeOf(v reflect.Value) int {
	size := int(v.Type().Size())
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			size += f.Len()
		case reflect.Slice:
			size += f.Len() * int(f.Type().Elem().Size())
		}
	}
	return size
}

// rewrite changes the broker's answer.
func (c *call) rewrite(ctx context.Context, answer []byte) ([]byte, error) {
	if len(answer) < 4 {
		return nil, broken("an answer of the broker is too short")
	}
	correlationID := int32(binary.BigEndian.Uint32(answer))
	body := answer[4:]
	resp := kmsg.ResponseForKey(c.key)
	version := c.version
	if c.key == keyApiVersions {
		version = apiVersionsVersion(version, body)
	}
	resp.SetVersion(version)
	var err error
	if flexibleHeader(resp) {
		body, err = skipTags(body)
	}
	if err == nil {
		err = readResponse(resp, version, body)
	}
	if err != nil {
		return nil, broken("the broker's answer to %s version %d can't be read: %v", c.name, c.version, err)
	}
	c.ctx, c.rights = ctx, c.filter.rights()
	for _, fn := range c.rewrites {
		fn(resp)
	}
	c.addDenied(resp)
	return appendResponse(make([]byte, 0, len(answer)+c.size+64), correlationID, resp), nil
}

// brokers says whether the request may be about the configuration of brokers, or of what else isn't a
// topic's or a group's.
func (c *call) brokers(name string) bool {
	return c.allowed(c.rights.Brokers(c.key), "broker", name)
}
