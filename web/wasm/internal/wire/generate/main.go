// Command generate writes the table of Kafka's messages that package wire embeds:
//
//	go run ./internal/wire/generate internal/wire/table/messages
//
// It reads the definitions that franz-go generates its own types from. They are in franz-go's module,
// which the go command finds, so the table is of the version that go.mod requires.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run writes the table to the file in args, or to standard output if there is none.
func run(args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("usage: generate [FILE]")
	}
	dir, err := definitionsDir()
	if err != nil {
		return err
	}
	table, err := tableOf(os.DirFS(dir))
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if len(args) == 0 {
		_, err := os.Stdout.Write(table)
		return err
	}
	if old, err := os.ReadFile(args[0]); err == nil && bytes.Equal(old, table) {
		return nil
	}
	return os.WriteFile(args[0], table, 0o644)
}

// definitionsDir returns where franz-go's definitions are.
func definitionsDir() (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/twmb/franz-go")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return "", fmt.Errorf("franz-go isn't in the module cache: run go mod download")
	}
	return filepath.Join(dir, "generate", "definitions"), nil
}
