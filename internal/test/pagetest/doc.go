// Package pagetest drives the page in Chromium as its users do: the commands demo and explore
// print a link, and all else happens in the browser. It is a module of its own because nothing
// else needs chromedp.
package pagetest
