package wasmbuild

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Compressed is the number of bytes that Brotli makes of a program at its best, as web/compress does for a release.
// That takes a minute of a processor for kafka.wasm. root is the repository's directory.
func Compressed(ctx context.Context, root string, program []byte) (int64, error) {
	temp, err := os.MkdirTemp("", "kafkaio-wasm-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(temp)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	file := filepath.Join(temp, "program.wasm")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, "go", "run", ".", file, temp)
	cmd.Dir = filepath.Join(root, "web/compress")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go run . in %s: %w\n%s", cmd.Dir, err, out)
	}
	packed, err := os.Stat(file + ".br")
	if err != nil {
		return 0, err
	}
	return packed.Size(), nil
}
