package pagetest

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// explore starts kafkaio for a cluster that the page may change. Of brokers on this machine each has to be
// given.
func explore(t *testing.T, brokers []string) *command {
	t.Helper()
	return start(t, "explore", "--allow-writes", "--broker", strings.Join(brokers, ","), "--listen", "127.0.0.1:0")
}

// openTopic shows a topic in a tab.
func openTopic(t *testing.T, link, topic string, l look) *page {
	t.Helper()
	p := open(t, newBrowser(t), link+"&topic="+topic, l)
	p.untilText("#status", "Connected")
	p.untilText("#topic-name", topic)
	return p
}

// cells are what the list of records shows: time, partition, offset, key and value of each. The
// time is the full one, that the pointer is shown.
func (p *page) cells() [][]string {
	p.t.Helper()
	return evaluate[[][]string](p, `[...document.querySelectorAll(".record > tr:first-child")].map((row) =>
		[row.querySelector(".toggle").title, ...[...row.cells].slice(1).map((cell) => cell.innerText)])`)
}

// cellsOf are what the page has to show of a record.
func cellsOf(r *kgo.Record, key, value string) []string {
	return []string{
		r.Timestamp.UTC().Format("2006-01-02T15:04:05.000Z"),
		strconv.Itoa(int(r.Partition)),
		strconv.FormatInt(r.Offset, 10),
		key,
		value,
	}
}

func header(key, value string) kgo.RecordHeader {
	return kgo.RecordHeader{Key: key, Value: []byte(value)}
}

func TestExploreListsTheClusterAndItsTopics(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("sensors", 4, nil)
	kafka.produce(&kgo.Record{Topic: topic, Partition: 3, Value: []byte("one")}, &kgo.Record{Topic: topic, Value: []byte("two")})
	metadata, err := kafka.admin.BrokerMetadata(kafka.ctx)
	if err != nil {
		t.Fatal(err)
	}

	p := open(t, newBrowser(t), explore(t, brokers).link, wide)
	p.untilText("#status", "Connected")
	p.until(fmt.Sprintf("document.querySelectorAll('#brokers li').length === %d", len(metadata.Brokers)))
	for _, b := range metadata.Brokers {
		p.untilText("#brokers", fmt.Sprintf("%s:%d", b.Host, b.Port))
	}
	p.untilText("#cluster", metadata.Cluster)
	p.untilText(fmt.Sprintf("[data-topic=%s]", topic), "4 partitions · 2 offsets")

	later := kafka.newTopic("later", 1, nil)
	p.untilText(fmt.Sprintf("[data-topic=%s]", later), "1 partition · 0 offsets")
	p.click(fmt.Sprintf("[data-topic=%s]", later))
	p.untilText("#empty", "No records in this topic yet")
	p.screenshot("empty")
}

func TestAClusterWithoutTopicsSaysSo(t *testing.T) {
	cluster := newFake(t)
	kafka := newKafka(t, cluster.ListenAddrs())
	p := open(t, newBrowser(t), explore(t, cluster.ListenAddrs()).link, wide)
	p.untilText("#topics-note", "This cluster has no topics yet")
	p.untilText("#empty", "Choose a topic once there is one")
	p.screenshot("wide")
	p.emulate(narrow, "dark")
	p.screenshot("narrow-dark")

	topic := fmt.Sprintf("[data-topic=%s]", kafka.newTopic("first", 1, nil))
	p.untilText(topic, "1 partition · 0 offsets")
	p.click(topic)
	p.untilText("#empty", "No records in this topic yet")
}

func TestEveryKindOfRecordIsShown(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("readings", 3, nil)
	binary := make([]byte, 200)
	for i := range binary {
		binary[i] = byte(i)
	}
	long := strings.Repeat("long", 100)
	kinds := []struct {
		record     *kgo.Record
		key, value string // as shown
	}{
		{&kgo.Record{Key: []byte("probe-7"), Value: []byte(`{"celsius": 21.5, "ok": true}`)}, "probe-7", `{"celsius": 21.5, "ok": true}`},
		{&kgo.Record{Value: []byte("plain text, žluťoučký kůň")}, "null", "plain text, žluťoučký kůň"},
		{&kgo.Record{Key: []byte("probe-7")}, "probe-7", "null"},
		{&kgo.Record{Key: []byte{}, Value: []byte{}}, "empty", "empty"},
		{&kgo.Record{Key: []byte{0, 0, 0, 42}, Value: binary}, "00 00 00 2a", hexOf(binary[:32]) + " …"},
		{&kgo.Record{Key: []byte("<b>bold</b>"), Value: []byte("<img src=x onerror=alert(1)>")}, "<b>bold</b>", "<img src=x onerror=alert(1)>"},
		{&kgo.Record{
			Key: []byte("probe-8"), Value: []byte("[1,2,3]"),
			Headers: []kgo.RecordHeader{header("content-type", "application/json"), header("trace", "4bf92f35"), {Key: "flags", Value: []byte{0xff, 0}}, {Key: "none"}},
		}, "probe-8", "[1,2,3]"},
		{&kgo.Record{Key: []byte(long), Value: []byte(long)}, long, long},
	}
	var want [][]string
	for i, kind := range kinds {
		kind.record.Topic, kind.record.Partition = topic, int32(i%3)
		kind.record.Timestamp = time.Now().Add(time.Duration(i) * time.Second).Truncate(time.Millisecond)
		kafka.produce(kind.record)
		want = slices.Insert(want, 0, cellsOf(kind.record, kind.key, kind.value)) // newest first
	}

	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(fmt.Sprintf("%s === %d", rows, len(want)))
	for i, got := range p.cells() {
		if !slices.Equal(got, want[i]) {
			t.Errorf("row %d shows %q, want %q", i+1, got, want[i])
		}
	}
	p.screenshot("list")
	p.emulate(narrow, "dark")
	p.notTooWide()
	if !evaluate[bool](p, "[...document.querySelectorAll('.record .offset')].every((o) => o.clientWidth > 0 && o.clientWidth >= o.scrollWidth)") {
		t.Error("an offset is cut off where the page is narrow")
	}
	p.screenshot("list-narrow-dark")
	p.emulate(wide, "light")

	p.click(".record:nth-of-type(2) .toggle")
	p.untilText(".record:nth-of-type(2) .headers", "content-type")
	got := strings.Fields(p.text(".record:nth-of-type(2) .headers"))
	if want := []string{"content-type", "application/json", "trace", "4bf92f35", "flags", "ff", "00", "none", "null"}; !slices.Equal(got, want) {
		t.Errorf("the headers are shown as %q, want %q", got, want)
	}
	p.click(".record:nth-of-type(4) .toggle")
	p.untilText(".record:nth-of-type(4) pre", "000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  ················")
	p.click(".record:nth-of-type(6) .toggle")
	p.untilText(".record:nth-of-type(6) .details", "null")
	p.screenshot("open")
}

func TestARecordOfAnotherDayIsShownWithItsDay(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("days", 1, nil)
	then := time.Now().UTC().Add(-48 * time.Hour)
	kafka.produce(&kgo.Record{Topic: topic, Timestamp: then, Value: []byte("old")})
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(rows + " === 1")
	if got, want := p.text(".toggle"), then.Format("Jan 02, 15:04"); got != want {
		t.Errorf("shown as %q, want %q", got, want)
	}
}

func hexOf(b []byte) string { return strings.TrimSpace(fmt.Sprintf("% x", b)) }

func TestRecordsAreTailedAsTheyArrive(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("events", 3, nil)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("before")})
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(rows + " === 1")

	const n = 100
	var want []string
	for i := range n {
		kafka.produce(&kgo.Record{Topic: topic, Partition: int32(i % 3), Key: []byte("k"), Value: fmt.Appendf(nil, "event %d", i)})
		want = append(want, fmt.Sprintf("event %d", i))
	}
	p.until(fmt.Sprintf("%s === %d", fresh, n))
	p.untilText("#topic-facts", "3 partitions · 101 offsets")
	p.untilText(fmt.Sprintf("[data-topic=%s]", topic), "3 partitions · 101 offsets")
	var got []string
	for _, row := range slices.Backward(p.cells()) {
		got = append(got, row[4])
	}
	if got[0] != "before" {
		t.Errorf("the first row is %q", got[0])
	}
	slices.Sort(got[1:]) // between partitions there is no order
	slices.Sort(want)
	if !slices.Equal(got[1:], want) {
		t.Errorf("arrived: %q", got[1:])
	}
}

// submit fills in the given fields of the form, and waits for the outcome.
func (p *page) submit(partition, key, value string) (result string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS("#produce-partition"), partition))
	p.fill("#produce-key", key)
	if value != "" {
		p.fill("#produce-value", value)
	}
	p.click("#produce [type=submit]")
	p.until("!document.querySelector('#produce [type=submit]').disabled")
	return p.text("#produced")
}

func TestWhatThePageProducesIsStoredAsWritten(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("letters", 3, nil)
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.untilText("#produce-title", topic)

	stored := func(result string) *kgo.Record {
		t.Helper()
		var partition int32
		var offset int64
		if _, err := fmt.Sscanf(result, "Stored in partition %d at offset %d.", &partition, &offset); err != nil {
			t.Fatalf("the page says %q", result)
		}
		p.until(fmt.Sprintf("[...document.querySelectorAll('.record.mine')].some((r) => r.querySelector('.partition').innerText === '%d' && r.querySelector('.offset').innerText === '%d')", partition, offset))
		return kafka.recordAt(topic, partition, offset)
	}

	if r := stored(p.submit("By key", "kůň", `{"greeting":"dobrý den"}`)); string(r.Key) != "kůň" || string(r.Value) != `{"greeting":"dobrý den"}` {
		t.Errorf("stored %q, %q", r.Key, r.Value)
	}
	p.untilText(".record.mine .value", `{"greeting":"dobrý den"}`)

	for _, partition := range []int32{2, 0} {
		r := stored(p.submit(fmt.Sprint(partition), "", "to that partition"))
		if r.Partition != partition || r.Key != nil || string(r.Value) != "to that partition" {
			t.Errorf("stored in partition %d: %q, %q", r.Partition, r.Key, r.Value)
		}
	}

	p.click("#produce-tombstone")
	if r := stored(p.submit("1", "kůň", "")); r.Partition != 1 || string(r.Key) != "kůň" || r.Value != nil {
		t.Errorf("stored in partition %d: %q, %q", r.Partition, r.Key, r.Value)
	}
	p.untilText(".record.mine .value", "null")
	p.screenshot("stored")
}

func TestKeysGoToThePartitionOfKafkasOwnClients(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("keyed", 6, nil)
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.untilText("#produce-title", topic)
	// The hashes are in the test of Kafka's own murmur2: 479470107, -790332482, -985981536. The
	// partition is what their lower 31 bits leave modulo 6.
	for key, partition := range map[string]int{"abc": 3, "foobar": 0, "a-little-bit-long-string": 2} {
		if got, want := p.submit("By key", key, "x"), fmt.Sprintf("Stored in partition %d at", partition); !strings.HasPrefix(got, want) {
			t.Errorf("key %q: %q, want %q", key, got, want)
		}
	}
}

func TestWhatABrokerRefusesIsSaidInWords(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("small", 1, map[string]*string{"max.message.bytes": kadm.StringPtr("500")})
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.untilText("#produce-title", topic)
	var large strings.Builder
	for large.Len() < 600 {
		large.WriteString(rand.Text()) // which compression leaves over 500 bytes
	}
	result := p.submit("0", "large", large.String())
	if !strings.HasPrefix(result, "Not stored. The request included a message larger than the max message size") || !strings.Contains(result, "MESSAGE_TOO_LARGE") {
		t.Errorf("the page says %q", result)
	}
	if end := kafka.end(topic, 0); end != 0 {
		t.Errorf("%d records were stored", end)
	}
	p.screenshot("refused")
	if result := p.submit("0", "small", "fits"); !strings.HasPrefix(result, "Stored in partition 0") {
		t.Errorf("after that, the page says %q", result)
	}
}

func TestAPageThatMayOnlyReadTailsAndSaysWhyItStoresNothing(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("readable", 1, nil)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("may be read")})
	c := start(t, "explore", strings.Join(brokers, ","), "--listen", "127.0.0.1:0")
	p := openTopic(t, c.link, topic, wide)
	p.untilText("#produce-title", topic)
	p.untilText(".record .value", "may be read")
	p.untilText("#produce-forbidden", "This link may only read.")
	p.untilText("#produce-forbidden", "--allow-writes")
	if evaluate[bool](p, "produce.checkVisibility()") {
		t.Error("the form is shown")
	}
	p.screenshot("read-only")

	// A bridge that doesn't list rights leaves the form. Kafka, too, refuses the producer id of an idempotent
	// producer, before any topic.
	evaluate[any](p, "produce.hidden = false, 0")
	if result, want := p.submit("0", "", "must not be written"), "Not stored. This link may only read. (CLUSTER_AUTHORIZATION_FAILED)"; result != want {
		t.Errorf("the page says %q, want %q", result, want)
	}
	if end := kafka.end(topic, 0); end != 1 {
		t.Errorf("%d records are stored", end)
	}
}

func TestAPageThatMayWriteToOtherTopicsSaysSo(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("readable", 1, nil)
	file := filepath.Join(t.TempDir(), "bridge.yaml")
	config := fmt.Sprintf(`{listen: "127.0.0.1:0", page: true, clusters: [{name: prod, brokers: ["%s"]}], policies: [
  {identities: ["*"], allow: read-only, topics: ["readable*"]}, {identities: ["*"], allow: read-write, topics: ["others"]}]}`, strings.Join(brokers, `", "`))
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openTopic(t, start(t, "bridge", file).link+"#", topic, wide)
	p.untilText("#produce-title", topic)
	if result, want := p.submit("0", "", "must not be written"), "Not stored. This link may not write to this topic. (TOPIC_AUTHORIZATION_FAILED)"; result != want {
		t.Errorf("the page says %q, want %q", result, want)
	}
}

func TestATopicThatIsDeletedIsSaidAndFollowedWhenItIsBack(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("doomed", 1, nil)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("last words")})
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(rows + " === 1")
	if _, err := kafka.admin.DeleteTopic(kafka.ctx, topic); err != nil {
		t.Fatal(err)
	}
	p.until(fmt.Sprintf("document.querySelector('[data-topic=%s]') === null", topic))
	p.untilText("#tail-error", "The cluster has no topic of this name.")
	p.screenshot("deleted")

	if _, err := kafka.admin.CreateTopic(kafka.ctx, 1, -1, nil, topic); err != nil {
		t.Fatal(err)
	}
	p.until("document.querySelector('#tail-error').hidden")
	p.untilText("#empty", "No records in this topic yet")
	kafka.client.PurgeTopicsFromClient(topic) // to which the topic is still the one that was deleted
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("first words")})
	p.untilText(".record .value", "first words")
}

func TestThePageGoesOnWhenTheBridgeIsBack(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("through", 1, nil)
	k := explore(t, brokers)
	network := newRelay(t, strings.TrimPrefix(k.origin(), "http://"))
	link := strings.Replace(k.link, k.origin(), "http://"+network.listener.Addr().String(), 1)
	p := openTopic(t, link, topic, wide)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("record 0")})
	p.until(rows + " === 1")

	network.breakOff()
	p.untilText("#status", "Reconnecting")
	p.untilText("#notice", "The bridge does not answer.")
	p.untilText("#notice", "Trying again")
	p.screenshot("broken")
	p.emulate(narrow, "dark")
	p.screenshot("broken-narrow-dark")
	p.emulate(wide, "light")
	for i := 1; i < 10; i++ {
		kafka.produce(&kgo.Record{Topic: topic, Value: fmt.Appendf(nil, "record %d", i)})
	}
	network.mend()
	p.untilText("#status", "Connected")
	p.until("notice.hidden")
	p.until(rows + " >= 10")
	for i, row := range p.cells() {
		if want := fmt.Sprintf("record %d", 9-i); row[4] != want {
			t.Errorf("row %d is %q, want %q", i+1, row[4], want)
		}
	}
}

func TestAfterARestartThePageWantsTheNewLink(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	k := explore(t, brokers)
	p := open(t, newBrowser(t), k.link, wide)
	p.untilText("#status", "Connected")
	k.stop(t)
	p.untilText("#notice", "Is kafkaio still running in your terminal?")
	again := start(t, "explore", "--allow-writes", "--broker", strings.Join(brokers, ","), "--listen", strings.TrimPrefix(k.origin(), "http://"))
	p.untilText("#locked", "The token in this link is not valid")
	evaluate[any](p, fmt.Sprintf("location.href = %q; 0", again.link))
	p.untilText("#status", "Connected")
	p.until("locked.hidden")
}

func TestThePageGoesOnWhenTheClusterIsBack(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	brokers := cluster.Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("outlives", 1, nil)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("before")})
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(rows + " === 1")

	cluster.Stop(0)
	p.untilText("#status", "Reconnecting")
	p.untilText("#notice", "The bridge runs, but no broker answers.")
	p.click("#notice-details summary")
	p.untilText("#notice-cause", "ERR_BROKER_UNREACHABLE")
	p.untilText("#notice-cause", "refused")
	p.screenshot("down")
	want := "Not stored. Nothing listens at " + brokers[0] + "."
	if result := p.submit("0", "", "while it is down"); !strings.HasPrefix(result, want) {
		t.Errorf("the page says %q, want %q", result, want)
	}
	p.screenshot("down-not-stored")

	cluster.Restart(0)
	p.untilText("#status", "Connected")
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("after")})
	p.until(`[...document.querySelectorAll('.record .value')].some((v) => v.innerText === 'after')`)
	if result := p.submit("0", "", "again"); !strings.HasPrefix(result, "Stored in partition 0") {
		t.Errorf("with the broker back, the page says %q", result)
	}
}
