// Package group makes a consumer a member of a consumer group, by the classic protocol. A client of kgo's joins,
// sends heartbeats, balances and commits. It fetches no records, because it never learns from where: the offsets
// that it would begin at go to package consumer, which reads the partitions.
package group
