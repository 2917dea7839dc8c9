package kafkatest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// Jars returns the directory of Kafka's jars, which it fetches with mvn if they aren't there.
func Jars() (string, error) { return jars() }

// ClientsJar returns the file of Kafka's jar for clients, which has the definitions of its messages in
// common/message. It needs no java, and mvn only if the jars are yet to be fetched.
func ClientsJar(t testing.TB) string {
	t.Helper()
	if !haveJars() {
		require.Long(t, "Apache Kafka's jars")
		if _, err := exec.LookPath("mvn"); err != nil {
			require.Missing(t, "mvn, which fetches Apache Kafka,", "apt-get install maven")
		}
	}
	dir, err := jars()
	if err != nil {
		t.Fatalf("kafkatest: %v", err)
	}
	return filepath.Join(dir, "kafka-clients-"+version+".jar")
}
