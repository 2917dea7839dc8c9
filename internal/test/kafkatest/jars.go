package kafkatest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// version is that of pom.xml.
const version = "4.3.0"

// downloadTimeout bounds fetching 43 MB of jars, and as much of Maven's own.
const downloadTimeout = 10 * time.Minute

//go:embed pom.xml
var pom []byte

// jarsDir is where Kafka's jars are, or will be: once for all work trees of a user.
func jarsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "kafkaio", "kafka-"+version), nil
}

func haveJars() bool {
	dir, err := jarsDir()
	if err != nil {
		return false
	}
	_, err = os.Stat(dir)
	return err == nil
}

// jars returns the directory of Kafka's jars and fetches them if they are not there. The directory
// appears complete or not at all, also when several test binaries start at once.
func jars() (string, error) {
	dir, err := jarsDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if haveJars() {
		return dir, nil
	}
	incomplete, err := os.MkdirTemp(filepath.Dir(dir), "incomplete-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(incomplete)
	copied, err := copyJars(incomplete)
	if err != nil {
		return "", err
	}
	// Where there is no lock, another process may have been first.
	if err := os.Rename(copied, dir); err != nil && !haveJars() {
		return "", err
	}
	return dir, nil
}

// copyJars has Maven fetch the jars into a directory below dir, which it returns.
func copyJars(dir string) (string, error) {
	pomFile, copied := filepath.Join(dir, "pom.xml"), filepath.Join(dir, "jars")
	if err := os.WriteFile(pomFile, pom, 0o644); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), downloadTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", pomFile,
		"dependency:copy-dependencies", "-DoutputDirectory="+copied)
	diesWithParent(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetching Kafka %s with mvn: %w\n%s", version, err, out)
	}
	return copied, nil
}
