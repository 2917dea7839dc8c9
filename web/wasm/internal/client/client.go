package client

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/wire"
)

// bootstrapSeed stands for any of the bridge's bootstrap brokers, whose addresses a page doesn't know.
// franz-go wants a host and a port; no host under .invalid exists (RFC 2606 section 2).
const bootstrapSeed = "bootstrap.invalid:9092"

// requestTimeout bounds a question to the cluster, retries included.
const requestTimeout = 10 * time.Second

// silence is how long a broker may take for an answer, beyond what the request allows it. Then franz-go asks
// another one, so that requestTimeout is enough for the second.
const silence = 4 * time.Second

// dialTimeout bounds each step of a dial: the way to the bridge, and from there to the broker. A page learns
// within 3 s that a broker can't be reached.
const dialTimeout = 2500 * time.Millisecond

// A client is one connection of a page to a cluster. The fields from options on are set by connect; calls
// other than that find them set, because the page makes none before connect has sent its item.
type client struct {
	server    *port.Server
	connected atomic.Bool // the page has called connect
	status    status

	options options
	dialer  *kafkaio.Dialer
	tap     wire.Tap     // on all connections
	token   *tokenSource // nil: the bridge gets none
	kafka   *kgo.Client

	saslToken *tokenSource // for OAUTHBEARER
	sent      sent         // by kafka

	producers producers
}

// Serve runs the client of the page at the other end of p until ctx ends.
func Serve(ctx context.Context, p port.Port) error {
	c := &client{}
	c.server = port.NewServer(p, c.methods(), describe)
	return c.server.Serve(ctx)
}

// connect opens the client. Its item says that a broker has answered. The call lasts until the page
// cancels it, which closes the client, or until the bridge will have no more of it.
func (c *client) connect(ctx context.Context, call *port.Call) (any, error) {
	if c.connected.Swap(true) {
		return nil, port.Mismatch("this client is connected already")
	}
	if err := call.Options(&c.options); err != nil {
		return nil, err
	}
	// Members of groups leave while the client closes, and may have to reconnect for that: it takes tokens.
	tokens, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	if err := c.configure(ctx, tokens); err != nil {
		return nil, err
	}
	defer c.kafka.Close()
	if o := c.options.SASL; o != nil && o.Mechanism == "oauthbearer" {
		// A person may have to log in, and a request would not wait for so long.
		if err := c.saslToken.prepare(ctx); err != nil {
			return nil, err
		}
	}
	presence, clusterID, err := c.reach(ctx, connectAttempts)
	if err != nil {
		return nil, err
	}
	if err := call.Send(opened{clusterID}); err != nil {
		presence.Close()
		return nil, err
	}
	err = c.watch(ctx, presence) // nil: the page closes the client
	if c.token != nil {
		c.token.wantedFor(whyConnect) // by members that reconnect to leave
	}
	c.producers.close()
	c.server.CloseCalls(closedError(err), call)
	return nil, err
}

// opened is the item of connect.
type opened struct {
	ClusterID string `json:"clusterId"`
}

// closedError is the error of calls on a client that closed for a reason, or because the page wanted it.
func closedError(reason error) *port.Error {
	e := &port.Error{Code: codeClosed, Message: "the client is closed"}
	if reason != nil {
		e.Message += ": " + describe(reason).Message
	}
	return e
}

// configure makes what connects, from the options. tokens is the context of the page's token functions.
func (c *client) configure(ctx, tokens context.Context) error {
	secure, err := c.secure(ctx)
	if err != nil {
		return err
	}
	c.dialer = &kafkaio.Dialer{Bridge: c.options.Bridge, Secure: secure, Timeout: dialTimeout, IOTimeout: kafkaio.DefaultTimeout}
	if c.options.Token {
		c.token = &tokenSource{ctx: tokens, ask: c.askToken, why: whyConnect}
		c.dialer.Token = c.token.get
	}
	c.saslToken = c.newSASLToken(tokens)
	c.producers.open = c.openProducer(ctx)
	c.kafka, err = c.newKafka(ctx, kgo.Dialer(c.dialNoting(&c.sent)), kgo.MaxDecompressBatchBytes(consumer.UnpackedLimit))
	return err
}

// newKafka returns franz-go's client, which connects through the bridge, by default. It ends with ctx. A
// consumer has one to itself.
func (c *client) newKafka(ctx context.Context, more ...kgo.Opt) (*kgo.Client, error) {
	mechanism, err := c.mechanism()
	if err != nil {
		return nil, err
	}
	common := []kgo.Opt{
		kgo.ClientID(c.options.ClientID),
		kgo.SeedBrokers(bootstrapSeed),
		kgo.Dialer(c.dial),
		kgo.RequestTimeoutOverhead(silence),
		kgo.RetryTimeout(requestTimeout),
		kgo.RetryBackoffFn(backoff),
		kgo.WithContext(ctx),
	}
	if mechanism != nil {
		common = append(common, kgo.SASL(mechanism))
	}
	return kgo.NewClient(append(common, more...)...)
}

// dial connects to a broker. The tap is above TLS.
func (c *client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if addr == bootstrapSeed {
		addr = ""
	}
	conn, err := c.dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if addr == "" {
		addr = conn.RemoteAddr().String()
	}
	return c.tap.Conn(conn, addr), nil
}

// dialNoting dials connections that note what is sent, and denied.
func (c *client) dialNoting(s *sent) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := c.dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &sentConn{Conn: conn, sent: s}, nil
	}
}

// metadata asks for the cluster's id and brokers, and for no topics.
func (c *client) metadata(ctx context.Context) (*kmsg.MetadataResponse, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{}
	return askAny[*kmsg.MetadataResponse](ctx, c, req)
}

// topicMetadata asks for one topic.
func (c *client) topicMetadata(ctx context.Context, name string) (*kmsg.MetadataResponseTopic, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{{Topic: &name}}
	resp, err := askAny[*kmsg.MetadataResponse](ctx, c, req)
	if err != nil {
		return nil, err
	}
	for i := range resp.Topics {
		if t := &resp.Topics[i]; t.Topic != nil && *t.Topic == name {
			return t, topicError(name, t.ErrorCode, nil)
		}
	}
	return nil, fmt.Errorf("the answer to a question for topic %s doesn't name it", name)
}
