// Command compress writes the two compressed forms of files that package web serves:
//
//	compress -quality 9 web/dist/kafkaio/kafka.wasm web/dist
//
// makes web/dist/kafka.wasm.br and web/dist/kafka.wasm.gz. It keeps a form that holds the file
// already, whatever its quality: Brotli's best takes a minute and more for kafka.wasm.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

func main() {
	quality := flag.Int("quality", brotli.BestCompression, "Brotli's quality, 0 to 11")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: compress [-quality 0..11] FILE... DIRECTORY")
		flag.PrintDefaults()
	}
	flag.Parse()
	files, directory := flag.Args(), ""
	if n := len(files) - 1; n > 0 {
		files, directory = files[:n], files[n]
	}
	if directory == "" || *quality < brotli.BestSpeed || *quality > brotli.BestCompression {
		flag.Usage()
		os.Exit(2)
	}
	for _, file := range files {
		if err := compress(file, directory, *quality); err != nil {
			fmt.Fprintln(os.Stderr, "compress:", err)
			os.Exit(1)
		}
	}
}

// window is the binary logarithm of the largest window that Brotli has, 16 MiB (WBITS of RFC 7932).
const window = 24

// A form is one way to compress, and its inverse.
type form struct {
	extension string
	writer    func(w io.Writer, brotliQuality int) (io.WriteCloser, error)
	reader    func(io.Reader) (io.Reader, error)
}

var forms = []form{
	{
		".br",
		func(w io.Writer, quality int) (io.WriteCloser, error) {
			return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: quality, LGWin: window}), nil
		},
		func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	},
	{
		".gz",
		func(w io.Writer, _ int) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) },
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	},
}

// compress writes each form of the file into the directory, unless it is there.
func compress(file, directory string, quality int) error {
	plain, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, f := range forms {
		name := filepath.Join(directory, filepath.Base(file)+f.extension)
		if f.holds(name, plain) {
			continue
		}
		if err := f.write(name, plain, quality); err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether the file of that name decompresses to plain. A file that is missing or
// damaged doesn't.
func (f form) holds(name string, plain []byte) bool {
	compressed, err := os.Open(name)
	if err != nil {
		return false
	}
	defer compressed.Close()
	r, err := f.reader(compressed)
	if err != nil {
		return false
	}
	got, err := io.ReadAll(r)
	return err == nil && bytes.Equal(got, plain)
}

func (f form) write(name string, plain []byte, quality int) error {
	var compressed bytes.Buffer
	w, err := f.writer(&compressed, quality)
	if err != nil {
		return err
	}
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, compressed.Bytes(), 0o644)
}
