// Package rpc makes typed requests to a broker: those of franz-go's kmsg, over a [core.Pipeline].
//
// It sees to what Kafka asks of a client besides: versions that both sides know, headers, a client
// id, waiting when the broker throttles, SASL. It asks one broker, on one connection, and tries
// nothing again: finding the right broker for a request, and another connection after a failure,
// is what a client like franz-go does.
package rpc
