// Package conformance holds Kafka connections to one contract on every way to a broker.
//
// Package suite is the contract, as tests. Package peer is the server that they connect to, and
// ways_test.go lists the ways on which they run.
package conformance
