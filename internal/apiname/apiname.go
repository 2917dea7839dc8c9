// Package apiname lets package core name Kafka's APIs without knowing them: package rpc, which
// does, says so here when a program links it.
package apiname

// Of returns the name of an API, such as "Fetch" for 1, or "" if it has none. It is nil where
// nobody knows names, and set by the init of who does.
var Of func(key int16) string
