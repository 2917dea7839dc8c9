package wire

import (
	"errors"
	"log"
	"os"
	"os/exec"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// generated is the table's text.
var generated string

// TestMain makes the table, so that a checkout is tested as it is, whether make table has run or not.
func TestMain(m *testing.M) {
	cmd := exec.Command("go", "run", "./generate")
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		log.Fatalf("go run ./generate: %v", err)
	}
	generated = string(text)
	t, err := readTable(ownStructures + generated)
	if err != nil {
		log.Fatal(err)
	}
	embedded = loadTable
	loadTable = func() (*table, error) { return t, nil }
	os.Exit(m.Run())
}

// embedded is loadTable before TestMain.
var embedded func() (*table, error)

func TestTableIsUpToDate(t *testing.T) {
	text, err := tableFiles.ReadFile("table/messages")
	if err != nil {
		require.Missing(t, "the table of Kafka's messages", "make table")
	}
	if string(text) != generated {
		t.Error("the table of Kafka's messages is older than go.mod: run make table")
	}
	if _, err := embedded(); err != nil {
		t.Error(err)
	}
}

func TestDecodeWithoutATable(t *testing.T) {
	before := loadTable
	defer func() { loadTable = before }()
	loadTable = func() (*table, error) { return nil, errors.New("run make table") }
	frame := requestSample(3, 12, true).frame
	f := Decode(3, 12, true, frame)
	checkPartition(t, f, len(frame))
	if s := said(f); len(s) != 1 || s[0] != "Frame: run make table" {
		t.Errorf("%q", s)
	}
}
