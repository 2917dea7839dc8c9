package certfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// A secret is a directory as Kubernetes mounts it: files are links through a link that is swapped.
type secret struct {
	t   *testing.T
	dir string
}

func (s secret) swap(name string, c testca.Certificate) {
	s.t.Helper()
	version := filepath.Join(s.dir, name)
	for path, text := range map[string]string{"tls.crt": c.Chain, "tls.key": c.Key} {
		if err := os.MkdirAll(version, 0o700); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(version, path), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	link := filepath.Join(s.dir, "..data")
	os.Remove(link)
	if err := os.Symlink(name, link); err != nil {
		s.t.Fatal(err)
	}
}

func TestTheOldCertificateStaysUntilAGoodOneComes(t *testing.T) {
	s := secret{t, t.TempDir()}
	authority := testca.New(t)
	first, second := authority.Issue(t, "first"), authority.Issue(t, "second")
	s.swap("1", first)
	c, err := Load(filepath.Join(s.dir, "..data", "tls.crt"), filepath.Join(s.dir, "..data", "tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name  string
		pair  testca.Certificate
		isNew bool
		isBad bool
		used  string
	}{
		{"2", first, false, false, "first"},
		{"3", testca.Certificate{Chain: second.Chain, Key: first.Key}, false, true, "first"},
		{"4", testca.Certificate{Chain: second.Chain, Key: first.Key}, false, false, "first"}, // said once
		{"5", second, true, false, "second"},
		{"6", testca.Certificate{Chain: "nothing", Key: "nothing"}, false, true, "second"},
	} {
		s.swap(step.name, step.pair)
		isNew, err := c.Reload()
		if isNew != step.isNew || (err != nil) != step.isBad || c.Current().Leaf.Subject.CommonName != step.used {
			t.Errorf("%s: %v, %v; in use is %s", step.name, isNew, err, c.Current().Leaf.Subject)
		}
	}
	os.Remove(filepath.Join(s.dir, "..data"))
	if _, err := c.Reload(); err == nil {
		t.Error("a missing file isn't said")
	}
	if _, err := c.Reload(); err != nil {
		t.Errorf("it is said again: %v", err)
	}
}
