//go:build !linux

package main

import "errors"

func groupMemory(int) (int64, error) {
	return 0, errors.New("the memory of a browser is measured on Linux only")
}
