// Package guesttest holds that programs work in a guest as they are, with the guest's dialer in place of package net's: a
// PostgreSQL driver, a Redis client, gRPC and franz-go. Each directory is such a program, and prints what it found.
package guesttest
