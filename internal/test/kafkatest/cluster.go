package kafkatest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"
)

const (
	// readyTimeout is for a busy machine: three brokers on two cores that do nothing else are up in 10 s.
	readyTimeout = 3 * time.Minute
	// askTimeout bounds one question for metadata, and askInterval is the wait before the next.
	askTimeout  = 5 * time.Second
	askInterval = 100 * time.Millisecond
)

// brokers are the processes of a cluster and their files.
type brokers struct {
	dir   string
	kafka installation

	mu  sync.Mutex // held while one is stopped or started
	all []*broker
}

// startBrokers returns when each of the brokers knows all others.
func startBrokers(o Options) (*brokers, error) {
	kafka, err := install()
	if err != nil {
		return nil, err
	}
	return runBrokers(kafka, o)
}

func runBrokers(kafka installation, o Options) (_ *brokers, err error) {
	listeners := append([]string{plaintext, controller}, o.Protocols...)
	addresses, err := freeAddresses(o.Brokers * len(listeners))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kafkaio-kafka-")
	if err != nil {
		return nil, err
	}
	c := &brokers{dir: dir, kafka: kafka}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\nlogs are kept in %s", err, dir)
			c.killAll()
			c.removeData()
		}
	}()
	clusterID := newClusterID()
	for id := range o.Brokers {
		b := &broker{id: id, dir: filepath.Join(dir, "broker-"+strconv.Itoa(id)), addresses: make(map[string]string), javaOptions: o.JavaOptions}
		for i, name := range listeners {
			b.addresses[name] = addresses[id*len(listeners)+i]
		}
		c.all = append(c.all, b)
	}
	var starting errgroup.Group
	for _, b := range c.all {
		starting.Go(func() error {
			if err := b.configure(c.all, o); err != nil {
				return err
			}
			if err := b.format(kafka, clusterID); err != nil {
				return err
			}
			return b.start(kafka)
		})
	}
	if err := starting.Wait(); err != nil {
		return nil, err
	}
	return c, c.ready()
}

// listeners returns the addresses of one listener of each broker.
func (c *brokers) listeners(name string) []string {
	var addresses []string
	for _, b := range c.all {
		addresses = append(addresses, b.addresses[name])
	}
	return addresses
}

// newClusterID returns 16 random bytes in base64, as Kafka wants a cluster's ID.
func newClusterID() string {
	id := make([]byte, 16)
	rand.Read(id)
	return base64.RawURLEncoding.EncodeToString(id)
}

// ready returns when every running broker says that all of them, and no other, are up.
func (c *brokers) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	running := slices.DeleteFunc(slices.Clone(c.all), func(b *broker) bool { return b.process == nil })
	for _, b := range running {
		if err := b.knows(ctx, len(running)); err != nil {
			return fmt.Errorf("broker %d: %w\n%s", b.id, err, b.logTail())
		}
	}
	return nil
}

// knows returns when the broker knows of n brokers.
func (b *broker) knows(ctx context.Context, n int) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addresses[plaintext]))
	if err != nil {
		return err
	}
	defer client.Close()
	ask := time.NewTicker(askInterval)
	defer ask.Stop()
	for {
		known, err := brokerCount(ctx, client)
		if err == nil && known == n {
			return nil
		}
		select {
		case <-ask.C:
		case <-b.process.ended:
			return fmt.Errorf("ended while it started: %v", b.process.cmd.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("knows %d of %d brokers after %v: %w", known, n, readyTimeout, errors.Join(ctx.Err(), err))
		}
	}
}

// brokerCount asks the seed broker itself: what the client keeps of earlier answers, or learns from
// other brokers, does not tell whether this one is ready.
func brokerCount(ctx context.Context, client *kgo.Client) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	response, err := request.RequestWith(ctx, client.SeedBrokers()[0])
	if err != nil {
		return 0, err
	}
	return len(response.Brokers), nil
}

// stop ends broker i in order: its partitions get other leaders first, where there are any.
func (c *brokers) stop(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.all[i]; b.process != nil {
		b.process.shutdown(shutdownTimeout)
		b.process = nil
	}
}

// kill ends broker i at once: the others find out.
func (c *brokers) kill(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.all[i]; b.process != nil {
		b.process.kill()
		b.process = nil
	}
}

// freeze stops broker i as it is, or has it go on.
func (c *brokers) freeze(i int, stop bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.all[i]; b.process != nil {
		return freeze(b.process.cmd.Process, stop)
	}
	return fmt.Errorf("broker %d doesn't run", i)
}

// restart starts broker i anew, and stops it before if it runs.
func (c *brokers) restart(i int) error {
	c.stop(i)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.all[i].start(c.kafka); err != nil {
		return err
	}
	return c.ready()
}

// killAll ends all brokers: nobody wants their data.
func (c *brokers) killAll() {
	for i := range c.all {
		c.kill(i)
	}
}

// removeData leaves the logs and the configuration.
func (c *brokers) removeData() {
	for _, b := range c.all {
		os.RemoveAll(b.dataDir())
	}
}

// end kills the brokers and removes their files. With keepLogs the logs stay, and the message says where.
func (c *brokers) end(keepLogs bool) (message string) {
	c.killAll()
	if keepLogs {
		c.removeData()
		return "kafkatest: Kafka's logs are kept in " + c.dir
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return "kafkatest: " + err.Error()
	}
	return ""
}
