// Package clientproperties reads the file with which Kafka's Java clients and tools connect, the one of
// their --command-config: brokers, TLS and SASL.
//
// A setting that it doesn't know is an error if it is about security: a connection without it could be
// less secure than the file says. It ignores the other settings, which tune clients. No error contains a
// value of the file, except for names of files, protocols, mechanisms and classes.
package clientproperties
