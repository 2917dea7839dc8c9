// Package ping finds out whether Kafka can be used from here, and if not, why.
//
// It goes the way that every client goes: from a name to its addresses, to a connection, through
// TLS and SASL, to what the broker can do and to the brokers of its cluster. Then it tries the
// address of each of them, for that is where a client goes next. What went wrong is told as a
// [Problem], in words for who has to put it right.
package ping
