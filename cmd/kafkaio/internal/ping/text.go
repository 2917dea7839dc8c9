package ping

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Lengths of texts from the network, in bytes: clean cuts what is longer.
const (
	mostName = 253 // a name's greatest length, by RFC 1035
	mostText = 300
)

// clean returns a text from the network as printable ASCII, safe for a terminal. It escapes all else as in a
// Go string, and cuts the text after about most bytes.
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

// joinAddress returns "host:port", also where host is no name and port no port.
func joinAddress(host string, port int32) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// list returns "a, b and c". Of more than four items it names the first three.
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

// count returns "1 broker" or "3 brokers".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
