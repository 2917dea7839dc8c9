package wire

import (
	"log"
	"os"
	"os/exec"
	"testing"
)

// TestMain has the table made if make page hasn't: a checkout is tested as it is.
func TestMain(m *testing.M) {
	if _, err := loadTable(); err != nil {
		text, err := exec.Command("go", "run", "./generate").Output()
		if err != nil {
			log.Fatalf("go run ./generate: %v", err)
		}
		made, err := readTable(ownStructures + string(text))
		if err != nil {
			log.Fatal(err)
		}
		loadTable = func() (*table, error) { return made, nil }
	}
	os.Exit(m.Run())
}
