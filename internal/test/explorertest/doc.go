// Package explorertest tests the explorer of package web: its unit tests run in Node, and web/test/explorer/browser uses
// it in browsers as a person does.
package explorertest
