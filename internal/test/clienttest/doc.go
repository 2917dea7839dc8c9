// Package clienttest holds that a Kafka client works over our dialer, on every way to a broker,
// with Apache Kafka. Its suite is written once, in package suite; the tests here run it natively
// and through a bridge, in browsers and as a WASI guest.
package clienttest
