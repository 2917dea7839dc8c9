// Package client is the Kafka client of the npm package, behind the seam of package port: what a page calls,
// it does with franz-go through a bridge. It is plain Go.
//
// The page's call "connect" opens the client, which lasts as long as that call. Each file has the methods of
// one subject; methods.go lists them all.
package client
