package rpc

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/apiname"
)

// The log of package core names APIs in a program that has this package.
func init() { apiname.Of = APIName }

// APIName returns the name of an API, such as "Fetch" for 1, or "" where there is none.
func APIName(key int16) string {
	if key < 0 || key > kmsg.MaxKey {
		return ""
	}
	return kmsg.NameForKey(key)
}

// nameOf is APIName, but has a word for all.
func nameOf(key int16) string {
	if name := APIName(key); name != "" {
		return name
	}
	return fmt.Sprint("API ", key)
}
