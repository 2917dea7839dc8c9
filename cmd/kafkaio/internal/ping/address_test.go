package ping

import (
	"errors"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio"
)

func TestListOfAddressesIsToldAsOne(t *testing.T) {
	for _, row := range []struct{ addr, says string }{
		{"a:9092,b:9092", "ping takes one broker, and finds the others itself: kafkaio ping a:9092 --tls --ca 'my ca.pem'"},
		{"[::1]:9093, b, a:9092,", "kafkaio ping '[::1]:9093' --tls"},
		{"a b", "kafkaio ping a --tls"},
		{"a:9092,\x1b[2J", "kafkaio ping a:9092 --tls"},
		{"\x1b[2J,a:9092", "a character that no name has"},
		{"http://a:9092,b:9092", "it is a URL"},
		{",", "it has no host"},
	} {
		r, err := Run(t.Context(), Options{Addr: row.addr, Flags: []Flag{{"tls", ""}, {"ca", "my ca.pem"}}})
		if r != nil || !errors.Is(err, kafkaio.ErrMismatchArgument) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%q: %v, want %q", row.addr, err, row.says)
		}
	}
}

func TestWhatIsAroundAnAddressIsIgnored(t *testing.T) {
	for _, addr := range []string{"a:9092", " a:9092 ", "a:9092/", "a:9092/\n", "a:9092,", ", a:9092 ,"} {
		if got, err := ParseAddr(addr, nil); got != "a:9092" || err != nil {
			t.Errorf("%q: %q, %v", addr, got, err)
		}
	}
}
