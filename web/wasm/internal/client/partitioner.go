package client

import "github.com/twmb/franz-go/pkg/kgo"

// javaPartitioner chooses as Java's producer does: by the key's murmur2 hash, or without a key the same
// partition for about 64 KiB (KIP-794).
var javaPartitioner = kgo.UniformBytesPartitioner(64<<10, true, true, nil)

// A partitioner chooses the partition that a record names, or else Java's.
type partitioner struct{}

func (partitioner) ForTopic(topic string) kgo.TopicPartitioner {
	return topicPartitioner{javaPartitioner.ForTopic(topic).(kgo.TopicBackupPartitioner)}
}

type topicPartitioner struct{ kgo.TopicBackupPartitioner }

func (p topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition != anyPartition || p.TopicBackupPartitioner.RequiresConsistency(r)
}

// PartitionByBackup may return a partition that the topic doesn't have: franz-go fails the record then.
func (p topicPartitioner) PartitionByBackup(r *kgo.Record, n int, backup kgo.TopicBackupIter) int {
	if r.Partition != anyPartition {
		return int(r.Partition)
	}
	return p.TopicBackupPartitioner.PartitionByBackup(r, n, backup)
}

// partitionOfKey returns the partition that Java's producer chooses for a key, of n.
func partitionOfKey(key []byte, n int) int {
	return kgo.StickyKeyPartitioner(nil).ForTopic("").Partition(&kgo.Record{Key: key}, n)
}
