// Package brokertls puts TLS on connections to brokers, on every target. The handshake is between
// the program and the broker: a bridge between them passes ciphertext that it can't read.
//
//	d := &kafkaio.Dialer{Secure: brokertls.New(&tls.Config{RootCAs: authorities})}
//
// A failure is an [*Error], which names the reason and what became of the client's certificate.
//
// It is a package of its own so that a small program in a page, which has no use for TLS of its own,
// doesn't link crypto/tls.
package brokertls
