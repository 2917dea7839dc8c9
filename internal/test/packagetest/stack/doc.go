// Package stack is what the npm package's tests run against: the built package, brokers, and bridges that
// tests start and end over HTTP, wherever they run.
package stack
