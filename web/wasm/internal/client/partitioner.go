package client

import "github.com/twmb/franz-go/pkg/kgo"

// javaPartitioner chooses as Java's producer does: by the key's murmur2 hash, or without a key the same
// partition for about 64 KiB (KIP-794).
var javaPartitioner = kgo.UniformBytesPartitioner(64<<10, true, true, nil)

// A partitioner chooses the partition that a record names, or else Java's, and gives the record its partition's
// context.
type partitioner struct{ routes *routes }

func (p partitioner) ForTopic(topic string) kgo.TopicPartitioner {
	return topicPartitioner{javaPartitioner.ForTopic(topic).(kgo.TopicBackupPartitioner), p.routes}
}

type topicPartitioner struct {
	kgo.TopicBackupPartitioner
	routes *routes
}

func (p topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition != anyPartition || p.TopicBackupPartitioner.RequiresConsistency(r)
}

// PartitionByBackup may return a partition that the topic doesn't have: franz-go fails the record then.
func (p topicPartitioner) PartitionByBackup(r *kgo.Record, n int, backup kgo.TopicBackupIter) int {
	chosen := int(r.Partition)
	if r.Partition == anyPartition {
		chosen = p.TopicBackupPartitioner.PartitionByBackup(r, n, backup)
	}
	if chosen < n {
		r.Context = p.routes.to(r.Topic, int32(chosen))
	}
	return chosen
}

// partitionOfKey returns the partition that Java's producer chooses for a key, of n.
func partitionOfKey(key []byte, n int) int {
	return kgo.StickyKeyPartitioner(nil).ForTopic("").Partition(&kgo.Record{Key: key}, n)
}
