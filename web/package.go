package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// modulePath is where pages import the npm package.
const modulePath = "/kafkaio.js"

// packageFiles are those that a page loads of the npm package: their paths in it, and what make compresses.
var packageFiles = []struct{ path, stored string }{
	{"kafkaio.js", "dist/kafkaio.js"},
	{"kafkaio/worker.js", "dist/worker.js"},
	{"kafkaio/roots.pem", "dist/roots.pem"},
	{"kafkaio/kafka.wasm", "dist/kafka.wasm"},
}

// addPackage serves the npm package in a directory whose name is made of what is in it. So browsers keep its
// files for good, and never mix those of two builds. The module at modulePath leads there.
func (h handler) addPackage(files fs.FS) error {
	hash := sha256.New()
	opened := make(map[string]*file)
	for _, p := range packageFiles {
		f, err := open(files, p.stored)
		if err != nil {
			return err
		}
		opened[p.path] = f
		for _, form := range f.forms {
			hash.Write([]byte(form.etag))
		}
	}
	directory := "/kafkaio-" + hex.EncodeToString(hash.Sum(nil)[:8]) + "/"
	for path, f := range opened {
		f.header.Set("Cache-Control", "public, max-age=31536000, immutable")
		h[directory+path] = f
	}
	module, err := newFile(modulePath, newForm(identity, fmt.Appendf(nil, "export * from \".%skafkaio.js\";\n", directory)))
	if err != nil {
		return err
	}
	h[modulePath] = module
	opened[modulePath] = module
	for _, f := range opened {
		f.header.Set("Access-Control-Allow-Origin", "*") // pages of other origins may load the package
	}
	return nil
}
