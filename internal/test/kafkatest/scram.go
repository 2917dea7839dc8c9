package kafkatest

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// AddSCRAM gives a user a password for SCRAM-SHA-512.
func (c *Cluster) AddSCRAM(t testing.TB, user, password string) {
	t.Helper()
	const iterations = 4096
	salt := []byte(rand.Text())
	salted, err := pbkdf2.Key(sha512.New, password, salt, iterations, sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	alter := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
	alter.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{{
		Name: user, Mechanism: 2, Iterations: iterations, Salt: salt, SaltedPassword: salted, // KIP-554
	}}
	response, err := alter.RequestWith(t.Context(), client)
	if err == nil {
		err = kerr.ErrorForCode(response.Results[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}
