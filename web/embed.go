// Package web serves the files for a browser: the page that explores a cluster, kafkaio.js with its
// types, and the Go program that both run.
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

// make fills dist. In a fresh checkout it has only a README. The directories in it are of the npm package,
// which the page doesn't use yet: the pattern, of names with a dot, leaves them out.
//
//go:embed explorer kafkaio.js kafkaio.d.ts dist/*.*
var files embed.FS
