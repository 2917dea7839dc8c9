package stack

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// A javaRun says where Java's producer writes: to the topics PREFIX.codecs, PREFIX.odd and PREFIX.transactions.
type javaRun struct {
	Prefix string `json:"prefix"`
}

// java has Java's own producer write what testdata/JavaProducer.java says.
func (s topics) java(ctx context.Context, r javaRun) error {
	jars, err := kafkatest.Jars()
	if err != nil {
		return err
	}
	_, here, _, _ := runtime.Caller(0)
	// Compiling it well would take longer than it runs.
	cmd := exec.CommandContext(ctx, "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", filepath.Join(jars, "*"),
		filepath.Join(filepath.Dir(here), "testdata", "JavaProducer.java"), strings.Join(s.brokers, ","), r.Prefix)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "written") {
		return errors.Join(err, fmt.Errorf("JavaProducer printed: %s", out))
	}
	return nil
}
