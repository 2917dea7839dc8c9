// Package porttest has the page's end of a port natively, so that tests of what is behind the port need
// neither a page nor JavaScript, and run under the race detector.
package porttest
