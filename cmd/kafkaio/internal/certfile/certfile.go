// Package certfile holds a certificate whose files may be replaced while it is used.
package certfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// A Certificate is what a pair of PEM files has.
type Certificate struct {
	cert, key string
	current   atomic.Pointer[tls.Certificate]
	hash      []byte // of the files that were read last; touched by one goroutine
}

// Load reads the files.
func Load(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key}
	_, err := c.Reload()
	return c, err
}

// Reload reads the files again. It keeps the certificate if their content is the same, or is broken, of which it
// returns an error once for each content. Two calls must not overlap.
func (c *Certificate) Reload() (isNew bool, err error) {
	certPEM, err := os.ReadFile(c.cert)
	if err != nil {
		return false, c.once([]byte(err.Error()), err)
	}
	keyPEM, err := os.ReadFile(c.key)
	if err != nil {
		return false, c.once([]byte(err.Error()), err)
	}
	certHash, keyHash := sha256.Sum256(certPEM), sha256.Sum256(keyPEM)
	hash := append(certHash[:], keyHash[:]...)
	if bytes.Equal(hash, c.hash) {
		return false, nil
	}
	c.hash = hash
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return false, err
	}
	c.current.Store(&pair)
	return true, nil
}

// once returns err if the last Reload ended otherwise.
func (c *Certificate) once(what []byte, err error) error {
	if bytes.Equal(what, c.hash) {
		return nil
	}
	c.hash = what
	return err
}

// Watch reloads until ctx ends. It compares contents and not times, since a Secret of Kubernetes swaps a
// symbolic link.
func (c *Certificate) Watch(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch isNew, err := c.Reload(); {
		case err != nil:
			log.Error("the new certificate can't be used; the old one stays", "cert", c.cert, "key", c.key, "error", err)
		case isNew:
			log.Info("certificate reloaded", "cert", c.cert)
		}
	}
}

// Get is for tls.Config.GetCertificate.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// GetClient is for tls.Config.GetClientCertificate.
func (c *Certificate) GetClient(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// Current is the certificate in use.
func (c *Certificate) Current() *tls.Certificate { return c.current.Load() }
