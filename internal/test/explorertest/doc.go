// Package explorertest tests the explorer of package web: its unit tests run in Node.
package explorertest
