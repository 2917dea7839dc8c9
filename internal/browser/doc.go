// Package browser runs GOOS=js GOARCH=wasm programs in real browsers, as kafkaio exec does: Chromium and Firefox,
// started plainly and headless.
//
// The program is served by a page on loopback. Its output and its exit code come back over
// HTTP, so that nothing watches the browser while it works: the DevTools protocol, for one, makes
// a WebSocket several times slower.
package browser
