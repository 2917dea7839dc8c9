package guesttest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

const password = "of the guest"

// startPostgres starts PostgreSQL in a directory of its own, where the user guest has the password, and returns its address.
func startPostgres(t *testing.T) (addr string) {
	t.Helper()
	initdb, postgres := postgresProgram(t, "initdb"), postgresProgram(t, "postgres")
	dir, err := os.MkdirTemp("", "kafkaio-postgres-") // not t.TempDir, into which its user can't go
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := filepath.Join(dir, "password")
	if err := os.WriteFile(file, []byte(password), 0o644); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	create := exec.Command(initdb, "-D", data, "-U", "guest", "-A", "scram-sha-256", "--pwfile", file, "-E", "UTF8", "--no-locale", "--no-sync")
	create.Dir = dir
	asOrdinaryUser(t, create, dir)
	if out, err := create.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	addr = kafkatest.FreeAddress(t)
	host, port, _ := net.SplitHostPort(addr)
	server := exec.Command(postgres, "-D", data, "-c", "listen_addresses="+host, "-c", "port="+port, "-c", "unix_socket_directories=", "-c", "fsync=off")
	server.Dir = dir
	asOrdinaryUser(t, server, dir)
	serve(t, "database system is ready to accept connections", server)
	return addr
}

// postgresProgram finds a program of PostgreSQL, which Debian keeps in a directory for each version.
func postgresProgram(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		require.Missing(t, "PostgreSQL", "apt-get install postgresql")
	}
	return slices.Max(found)
}

func TestPostgres(t *testing.T) {
	wasm, addr := build(t, "pgxguest"), startPostgres(t)
	run(t, wasm, allow(t, addr), []string{addr, password},
		"copied 10000 rows",
		"sums of 8 connections: [49995000 49995000 49995000 49995000 49995000 49995000 49995000 49995000]",
		"1 MiB there and back: true",
		"notified: hello",
		"rolled back: 10000 rows",
		"a query past its deadline ends with it: true",
		"a table that isn't there: 42P01",
	)
	run(t, wasm, allow(t, addr), []string{addr, "wrong"}, "no connection: 28P01")
}
