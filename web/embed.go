// Package web serves the files for a browser: the page that explores a cluster, and the npm package kafkaio, which
// this page and others import from /kafkaio.js.
//
//	page, err := web.Handler()
//	if err != nil {
//		return err // ErrNotBuilt: run make first
//	}
//	mux := http.NewServeMux()
//	mux.Handle("/", page)
//	mux.Handle("/kafka", bridge) // of package bridge
//
// The page reaches the brokers through the bridge at /kafka of its own origin.
package web

import "embed"

// make fills dist. In a fresh checkout it has only a README. The pattern, of names with a dot, leaves out the
// directories of the npm package: they have kafka.wasm as it is, and the types.
//
//go:embed dist/*.*
var files embed.FS
