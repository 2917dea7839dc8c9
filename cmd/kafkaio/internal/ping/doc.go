// Package ping finds out whether Kafka can be used from here, and if not, why.
//
// Run takes the steps of every client: it looks up the name, connects, does TLS and SASL, and asks for the
// broker's APIs and for the brokers of its cluster. Then it tries the address of each of these, since a
// client goes there next. A [Problem] says what went wrong, in words for the person who can mend it.
package ping
