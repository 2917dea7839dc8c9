package kafkatest

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed log4j2.properties
var log4jProperties []byte

// A broker is also a controller.
type broker struct {
	id      int
	dir     string
	address string
	process *process // nil while it is stopped
}

func (b *broker) propertiesName() string { return filepath.Join(b.dir, "server.properties") }
func (b *broker) dataDir() string        { return filepath.Join(b.dir, "data") }
func (b *broker) logName() string        { return filepath.Join(b.dir, "broker.log") }

// configure writes the broker's files. clients and controllers are the addresses of all brokers.
func (b *broker) configure(clients, controllers []string, properties map[string]string) error {
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, "log4j2.properties"), log4jProperties, 0o644); err != nil {
		return err
	}
	var voters []string
	for id, address := range controllers {
		voters = append(voters, fmt.Sprintf("%d@%s", id, address))
	}
	replicas := len(clients)
	inSync := (replicas + 1) / 2 // one broker may stop, if there are three
	all := map[string]string{
		"process.roles":                                    "broker,controller",
		"node.id":                                          strconv.Itoa(b.id),
		"controller.quorum.voters":                         strings.Join(voters, ","),
		"controller.listener.names":                        "CONTROLLER",
		"listeners":                                        "PLAINTEXT://" + clients[b.id] + ",CONTROLLER://" + controllers[b.id],
		"advertised.listeners":                             "PLAINTEXT://" + clients[b.id],
		"listener.security.protocol.map":                   "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
		"log.dirs":                                         filepath.ToSlash(b.dataDir()),
		"default.replication.factor":                       strconv.Itoa(replicas),
		"min.insync.replicas":                              strconv.Itoa(inSync),
		"offsets.topic.replication.factor":                 strconv.Itoa(replicas),
		"offsets.topic.num.partitions":                     "3",
		"group.initial.rebalance.delay.ms":                 "0",
		"transaction.state.log.min.isr":                    strconv.Itoa(inSync),
		"transaction.state.log.num.partitions":             "3",
		"transaction.state.log.replication.factor":         strconv.Itoa(replicas),
		"share.coordinator.state.topic.min.isr":            strconv.Itoa(inSync),
		"share.coordinator.state.topic.num.partitions":     "3",
		"share.coordinator.state.topic.replication.factor": strconv.Itoa(replicas),
	}
	maps.Copy(all, properties)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s=%s\n", name, all[name])
	}
	return os.WriteFile(b.propertiesName(), []byte(text.String()), 0o644)
}

// format prepares the broker's data directory, once.
func (b *broker) format(jars, clusterID string) error {
	p, err := startJava(jars, b.logName(), "-Xmx128m", b.logging(),
		"kafka.tools.StorageTool", "format", "--cluster-id="+clusterID, "--config", b.propertiesName())
	if err != nil {
		return err
	}
	<-p.ended
	if status := p.cmd.ProcessState; !status.Success() {
		return fmt.Errorf("formatting the storage of broker %d: %v\n%s", b.id, status, b.logTail())
	}
	return nil
}

func (b *broker) start(jars string) (err error) {
	b.process, err = startJava(jars, b.logName(), "-Xmx384m", b.logging(), "kafka.Kafka", b.propertiesName())
	return err
}

func (b *broker) logging() string {
	return "-Dlog4j2.configurationFile=" + filepath.Join(b.dir, "log4j2.properties")
}

// logTail is what a failure shows.
func (b *broker) logTail() string {
	const most = 4 << 10
	log, err := os.ReadFile(b.logName())
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-most):])
}

// freeAddresses returns n addresses on loopback that nothing listens on. Their ports are below
// those that systems give to outgoing connections and to listeners on port 0 (from 32768 on
// Linux, 49152 elsewhere), so that they are still free when a broker is started, or restarted.
func freeAddresses(n int) ([]string, error) {
	const lowest, highest, attempts = 20000, 30000, 1000
	var addresses []string
	for range attempts {
		if len(addresses) == n {
			return addresses, nil
		}
		port := lowest + rand.IntN(highest-lowest)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		// Open until all are chosen: no port is chosen twice.
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return nil, fmt.Errorf("no %d free ports from %d to %d in %d attempts", n, lowest, highest, attempts)
}
