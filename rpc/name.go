package rpc

import (
	"fmt"

	"github.com/kafkaio/kafkaio/core"
)

// APIName returns the name of an API, such as "Fetch" for 1, or "" where none is known.
func APIName(key int16) string { return core.APIName(key) }

// nameOf is APIName, but has a word for all.
func nameOf(key int16) string {
	if name := APIName(key); name != "" {
		return name
	}
	return fmt.Sprint("API ", key)
}
