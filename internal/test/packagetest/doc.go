// Package packagetest tests the npm package: it runs the suite of web/test in browsers and in Node.
package packagetest
