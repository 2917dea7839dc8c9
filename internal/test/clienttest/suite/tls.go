package suite

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

// Marker is what RoundTripMarker produces. Whoever sees the records on their way sees it.
const Marker = "this is what nobody between the client and the broker may read"

// RoundTripMarker produces a record with the Marker, as it is, and consumes it.
func RoundTripMarker(t *testing.T, s Setup) {
	ctx := withDeadline(t)
	c := s.connect(t, kgo.ProducerBatchCompression(kgo.NoCompression()))
	topic := kafkatopic.Create(ctx, t, c, "marker", partitions, nil)
	if err := c.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(Marker)}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	consumer := s.connectConsumer(t, topic)
	fetches := consumer.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	if got := string(fetches.Records()[0].Value); got != Marker {
		t.Errorf("consumed %q", got)
	}
}

func tlsFailuresAreExplained(t *testing.T, s Setup) {
	for _, test := range []struct {
		name   string
		addr   string
		change func(*tls.Config)
		want   string
	}{
		{"UnknownAuthority", s.Brokers[0], func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }, "an authority that is not in RootCAs"},
		{"OtherName", s.Brokers[0], func(c *tls.Config) { c.ServerName = "broker.example" }, "is for another name"},
		{"NoCertificate", s.Brokers[0], func(c *tls.Config) { c.Certificates = nil }, "wants a client certificate and was given none"},
		{"Plaintext", s.TLS.Plaintext, func(*tls.Config) {}, "this port is plaintext"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := s.TLS.config(t)
			test.change(cfg)
			d := &kafkaio.Dialer{Bridge: s.Bridge, Secure: brokertls.New(cfg), Timeout: patience}
			if err := ask(t, d, test.addr); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("None", func(t *testing.T) {
		if err := ask(t, s.dialer(t), s.Brokers[0]); err != nil {
			t.Error(err)
		}
	})
}

// ask asks a broker what it supports, and returns what went wrong.
func ask(t *testing.T, d *kafkaio.Dialer, addr string) error {
	t.Helper()
	c, err := d.Dial(t.Context(), addr)
	if err != nil {
		return err
	}
	defer c.Close()
	request := kmsg.NewRequestFormatter().AppendRequest(nil, kmsg.NewPtrApiVersionsRequest(), 1)
	if _, err := c.Send(t.Context(), request); err != nil {
		return err
	}
	_, err = c.ReadFrame(t.Context(), nil)
	return err
}
