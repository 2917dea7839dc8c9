package wasmbuild

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// Kafka builds kafka.wasm of the npm package, as the Makefile does. root is the repository's directory.
func Kafka(ctx context.Context, root string) ([]byte, error) {
	dir := filepath.Join(root, "web/wasm/kafka")
	flags, err := os.ReadFile(filepath.Join(dir, "buildflags"))
	if err != nil {
		return nil, err
	}
	return Program(ctx, "js", dir, strings.Fields(string(flags))...)
}
