package bridge

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strconv"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// metadataVersion is the first version that can be asked for no topics, and it is understood by
// every broker since 0.10; Kafka 4 still has it.
const metadataVersion = 1

// brokersOf asks a broker for the advertised addresses of its cluster, in normal form. Those that
// make no sense are left out, and odd says what is wrong with them.
func brokersOf(ctx context.Context, c *core.Conn) (brokers []string, odd []error, err error) {
	request := kmsg.NewPtrMetadataRequest()
	request.Version = metadataVersion
	request.Topics = []kmsg.MetadataRequestTopic{} // none; nil would mean all
	const correlationID = 1
	frame := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kafkaio-bridge")).AppendRequest(nil, request, correlationID)
	if _, err := c.Send(ctx, frame); err != nil {
		return nil, nil, err
	}
	answer, err := c.ReadFrame(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	if len(answer) < 4 || binary.BigEndian.Uint32(answer) != correlationID {
		return nil, nil, fmt.Errorf("metadata: %w", core.ErrMismatchCorrelationID)
	}
	response := request.ResponseKind()
	if err := response.ReadFrom(answer[4:]); err != nil {
		return nil, nil, fmt.Errorf("metadata: %w", err)
	}
	for _, b := range response.(*kmsg.MetadataResponse).Brokers {
		host, port, err := parseTarget(net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port))))
		if err != nil {
			odd = append(odd, fmt.Errorf("broker %d advertises: %w", b.NodeID, err))
			continue
		}
		brokers = append(brokers, joinTarget(host, port))
	}
	return brokers, odd, nil
}
