// Package consumer reads partitions from given positions on, and hands out batches of records as package
// batch encodes them. It asks the brokers itself, by Fetch and ListOffsets: a consumer of kgo's doesn't tell
// which offsets it skips and why, and has no timestamps after the year 2262.
//
// A Consumer's goroutines share its state, which a mutex guards:
//
//	follow    asks for the topics' partitions and leaders (follow.go)
//	serve     one per leader: finds positions, and fetches as long as there is room (leader.go, fetch.go)
//	Run       unpacks what was fetched, and sends it (send.go)
package consumer
