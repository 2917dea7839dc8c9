//go:build !unix

package testnet

import "testing"

// BlackHole returns nothing: there is no such address here.
func BlackHole(testing.TB) (addr string) { return "" }
