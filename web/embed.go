// Package web is what a browser is served: the page that explores a cluster, kafkaio.js with
// its types, and the Go program that they run. The page reaches the brokers through a bridge
// (package bridge) at /kafka of the same origin.
package web

import "embed"

// dist is filled by make. In a fresh checkout it holds a README alone.
//
//go:embed explorer kafkaio.js kafkaio.d.ts dist
var files embed.FS
