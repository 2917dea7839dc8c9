package rpc

import (
	"fmt"

	"github.com/kafkaio/kafkaio/core"
)

// APIName returns the name of the API with this key, such as "Fetch" for 1. An unknown key's is "".
func APIName(key int16) string { return core.APIName(key) }

// nameOf is APIName, but names an unknown API by its key.
func nameOf(key int16) string {
	if name := APIName(key); name != "" {
		return name
	}
	return fmt.Sprint("API ", key)
}
