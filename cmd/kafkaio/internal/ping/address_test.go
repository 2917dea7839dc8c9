package ping

import (
	"errors"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio"
)

func TestListOfAddressesIsToldAsOne(t *testing.T) {
	for _, row := range []struct{ addr, says string }{
		{"a:9092,b:9092", "ping takes one address, and this is a list of 2, a:9092 and b:9092"},
		{"a:9092, b, [::1]:9093,", "a list of 3, a:9092, b and [::1]:9093"},
		{"a:9092,\x1b[2J", `a list of 2, a:9092 and \x1b[2J`},
		{"a:9092,", "the port is no number"},
		{"a b", "a character that no name has"},
	} {
		r, err := Run(t.Context(), Options{Addr: row.addr})
		if r != nil || !errors.Is(err, kafkaio.ErrMismatchArgument) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%q: %v, want %q", row.addr, err, row.says)
		}
	}
}
