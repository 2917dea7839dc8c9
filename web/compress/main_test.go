package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

const quality = 5

// inDirectory writes a file and compresses it into a directory, whose path it returns.
func inDirectory(t *testing.T, content string) (file, directory string) {
	t.Helper()
	directory = t.TempDir()
	file = filepath.Join(t.TempDir(), "program")
	write(t, file, content)
	if err := compress(file, directory, quality); err != nil {
		t.Fatal(err)
	}
	return file, directory
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, names ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(names...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantForms(t *testing.T, directory, want string) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(read(t, directory, "program.gz")))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"program.gz": z,
		"program.br": brotli.NewReader(bytes.NewReader(read(t, directory, "program.br"))),
	} {
		if got, err := io.ReadAll(r); err != nil || string(got) != want {
			t.Errorf("%s holds %.40q, want %.40q: %v", name, got, want, err)
		}
	}
}

func TestBothFormsHoldTheFile(t *testing.T) {
	for _, content := range []string{"", "a", strings.Repeat("the same again, ", 10000)} {
		_, directory := inDirectory(t, content)
		wantForms(t, directory, content)
	}
}

func TestFileThatChangedIsCompressedAgain(t *testing.T) {
	file, directory := inDirectory(t, "before")
	write(t, file, "after")
	if err := compress(file, directory, quality); err != nil {
		t.Fatal(err)
	}
	wantForms(t, directory, "after")
}

func TestDamagedFormIsReplaced(t *testing.T) {
	file, directory := inDirectory(t, strings.Repeat("content", 100))
	for _, name := range []string{"program.br", "program.gz"} {
		b := read(t, directory, name)
		write(t, filepath.Join(directory, name), string(b[:len(b)/2]))
	}
	if err := compress(file, directory, quality); err != nil {
		t.Fatal(err)
	}
	wantForms(t, directory, strings.Repeat("content", 100))
}

func TestFormThatHoldsTheFileIsKept(t *testing.T) {
	content := strings.Repeat("a word, and another one. ", 1000)
	file, directory := inDirectory(t, content)
	best := new(bytes.Buffer)
	w := brotli.NewWriterLevel(best, brotli.BestCompression)
	io.WriteString(w, content)
	w.Close()
	if bytes.Equal(best.Bytes(), read(t, directory, "program.br")) {
		t.Fatal("both qualities give the same bytes: the test needs another content")
	}
	write(t, filepath.Join(directory, "program.br"), best.String())
	if err := compress(file, directory, quality); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(best.Bytes(), read(t, directory, "program.br")) {
		t.Error("the better form was replaced")
	}
}

func TestFileThatIsMissingIsAnError(t *testing.T) {
	if err := compress(filepath.Join(t.TempDir(), "none"), t.TempDir(), quality); err == nil {
		t.Error("no error")
	}
}
