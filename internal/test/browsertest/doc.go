// Package browsertest runs GOOS=js GOARCH=wasm programs, tests above all, in real browsers:
// Debian's Chromium and Firefox ESR, started plainly and headless.
//
// The program is served by a page on loopback. Its output and its exit code come back over
// HTTP, so that nothing watches the browser while it works: the DevTools protocol, for one, makes
// a WebSocket several times slower.
package browsertest
