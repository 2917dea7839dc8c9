package kafkatest

import (
	_ "embed"
	"fmt"
	"maps"
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
	id        int
	dir       string
	addresses map[string]string // of its listeners, which have the names of their protocols
	process   *process          // nil while it is stopped

	javaOptions []string
}

// plaintext is the protocol of the listener that every broker has: the brokers use it between
// themselves.
const plaintext = "PLAINTEXT"

// controller is the name of the listener for the brokers' work as controllers.
const controller = "CONTROLLER"

func (b *broker) propertiesName() string { return filepath.Join(b.dir, "server.properties") }
func (b *broker) dataDir() string        { return filepath.Join(b.dir, "data") }
func (b *broker) logName() string        { return filepath.Join(b.dir, "broker.log") }

// configure writes the files of the broker, which is one of all.
func (b *broker) configure(all []*broker, o Options) error {
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, "log4j2.properties"), log4jProperties, 0o644); err != nil {
		return err
	}
	var voters, listeners, advertised, protocols []string
	for _, voter := range all {
		voters = append(voters, fmt.Sprintf("%d@%s", voter.id, voter.addresses[controller]))
	}
	for _, name := range slices.Sorted(maps.Keys(b.addresses)) {
		listener, protocol := name+"://"+b.addresses[name], name
		listeners = append(listeners, listener)
		if name == controller {
			protocol = plaintext
		} else {
			if at, ok := o.Advertised[name]; ok {
				listener = name + "://" + at
			}
			advertised = append(advertised, listener)
		}
		protocols = append(protocols, name+":"+protocol)
	}
	replicas := len(all)
	inSync := (replicas + 1) / 2 // one broker may stop, if there are three
	lines := map[string]string{
		"process.roles":                                    "broker,controller",
		"node.id":                                          strconv.Itoa(b.id),
		"controller.quorum.voters":                         strings.Join(voters, ","),
		"controller.listener.names":                        controller,
		"listeners":                                        strings.Join(listeners, ","),
		"advertised.listeners":                             strings.Join(advertised, ","),
		"listener.security.protocol.map":                   strings.Join(protocols, ","),
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
	maps.Copy(lines, o.Properties)
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&text, "%s=%s\n", name, escaped.Replace(lines[name]))
	}
	return os.WriteFile(b.propertiesName(), []byte(text.String()), 0o644)
}

// format prepares the broker's data directory, once.
func (b *broker) format(kafka installation, clusterID string) error {
	p, err := kafka.start(b.logName(), "-Xmx128m", b.logging(),
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

func (b *broker) start(kafka installation) (err error) {
	args := slices.Concat(b.javaOptions, []string{"-Xmx384m", b.logging(), "kafka.Kafka", b.propertiesName()})
	b.process, err = kafka.start(b.logName(), args...)
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
