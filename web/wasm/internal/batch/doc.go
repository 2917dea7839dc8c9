// Package batch encodes records for the page, a batch in one piece of memory. LAYOUT.md specifies it.
package batch
