// Package brokertls puts TLS on connections to brokers, on every target: the handshake is between
// the program and the broker, and a bridge between them carries ciphertext that it can't read.
//
// It is a package of its own so that a small program in a page, which has no use for it, doesn't
// link crypto/tls.
package brokertls
