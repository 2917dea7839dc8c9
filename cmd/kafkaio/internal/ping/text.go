package ping

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Lengths to which texts of others are cut, in bytes.
const (
	mostName = 253 // a name's greatest length, by RFC 1035
	mostText = 300
)

// clean makes what others said fit to be shown in a terminal: printable ASCII, of about most bytes
// at the most. Anything else is escaped as in a Go string.
func clean(s string, most int) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if b.Len() >= most {
			b.WriteString("...")
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r >= ' ' && r <= '~':
			b.WriteByte(s[i])
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// joinAddress is "host:port" for what may be neither.
func joinAddress(host string, port int32) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// list is "a, b and c"; of many it names the first few.
func list(items []string) string {
	const most = 4
	if len(items) > most {
		items = append(append([]string(nil), items[:most-1]...), fmt.Sprintf("%d more", len(items)-most+1))
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// count is "1 broker" or "3 brokers".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
