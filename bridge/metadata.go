package bridge

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/printable"
)

const (
	// bridgeClientID names the bridge in brokers' logs, where it asks for itself.
	bridgeClientID = "kafkaio-bridge"
	// metadataVersion is the first version that can ask for no topics. Every broker since 0.10
	// understands it, Kafka 4 included.
	metadataVersion = 1
	// maxAnswer is the largest answer in bytes. A thousand brokers take about 50 KB.
	maxAnswer = 1 << 20
	// maxBrokers is the most brokers taken from an answer. The largest clusters have a few thousand.
	maxBrokers = 10_000
)

// An answer is a broker's metadata of its cluster.
type answer struct {
	from    string // the broker
	brokers map[target]bool
	odd     int   // number of brokers whose address makes no sense
	example error // what is wrong with one of those
	over    int   // number of brokers beyond maxBrokers, which were left out
}

// logOddities logs, in one line, what the bridge left out of the answer.
func (a answer) logOddities(log *slog.Logger) {
	if a.odd > 0 || a.over > 0 {
		log.Warn("brokers that the cluster names were left out",
			"asked", a.from, "invalid", a.odd, "example", a.example, "beyond the limit", a.over)
	}
}

// askBrokers asks a broker for the advertised addresses of its cluster.
func askBrokers(ctx context.Context, c *core.Conn) (answer, error) {
	request := kmsg.NewPtrMetadataRequest()
	request.Version = metadataVersion
	request.Topics = []kmsg.MetadataRequestTopic{} // none; nil would mean all
	body, err := roundTrip(ctx, c, request)
	if err != nil {
		return answer{}, err
	}
	return parseAnswer(body)
}

// roundTrip sends a request, and returns the response without its correlation id.
func roundTrip(ctx context.Context, c *core.Conn, request kmsg.Request) ([]byte, error) {
	const correlationID = 1
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID(bridgeClientID)).AppendRequest(nil, request, correlationID)
	if _, err := c.Send(ctx, frame); err != nil {
		return nil, err
	}
	response, err := c.ReadFrame(ctx, nil)
	if err != nil {
		return nil, err
	}
	if len(response) < 4 || binary.BigEndian.Uint32(response) != correlationID {
		return nil, fmt.Errorf("metadata: %w", core.ErrMismatchCorrelationID)
	}
	return response[4:], nil
}

const (
	// topicsVersion is the first version that can ask for topics by their ids (KIP-516). Brokers have it
	// since Kafka 3.1.
	topicsVersion = 12
	// maxTopicsAnswer is the largest answer in bytes to a question about topics. A thousand topics of 100
	// partitions take about 5 MB.
	maxTopicsAnswer = 64 << 20
)

// askTopics asks a broker for the names of topics.
func askTopics(ctx context.Context, c *core.Conn, ids []topicID) (map[topicID]string, error) {
	request := kmsg.NewPtrMetadataRequest()
	request.Version = topicsVersion
	for _, id := range ids {
		topic := kmsg.NewMetadataRequestTopic()
		topic.TopicID = id
		request.Topics = append(request.Topics, topic)
	}
	body, err := roundTrip(ctx, c, request)
	if err != nil {
		return nil, err
	}
	return parseTopics(body)
}

// parseTopics reads the rest of a response to askTopics: the tags of its header, and its body.
func parseTopics(rest []byte) (map[topicID]string, error) {
	r := kbin.Reader{Src: rest}
	kmsg.SkipTags(&r)
	response := kmsg.NewPtrMetadataResponse()
	response.Version = topicsVersion
	if err := r.Complete(); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	if err := response.ReadFrom(r.Src); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	names := make(map[topicID]string)
	for _, t := range response.Topics {
		if t.ErrorCode == 0 && t.Topic != nil {
			names[t.TopicID] = *t.Topic
		}
	}
	return names, nil
}

// parseAnswer reads the body of a Metadata response.
func parseAnswer(body []byte) (answer, error) {
	response := kmsg.NewPtrMetadataResponse()
	response.Version = metadataVersion
	if err := response.ReadFrom(body); err != nil {
		return answer{}, fmt.Errorf("metadata: %w", err)
	}
	taken := response.Brokers[:min(len(response.Brokers), maxBrokers)]
	a := answer{brokers: make(map[target]bool), over: len(response.Brokers) - len(taken)}
	for _, b := range taken {
		to, err := parseTarget(net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port))))
		if err == nil {
			a.brokers[to] = true
			continue
		}
		if a.odd++; a.odd == 1 {
			a.example = fmt.Errorf("broker %d advertises: %s", b.NodeID, printable.Text(err.Error()))
		}
	}
	return a, nil
}
