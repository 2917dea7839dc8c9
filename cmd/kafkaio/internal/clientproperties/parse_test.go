package clientproperties

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseReadsAsJavaDoes(t *testing.T) {
	for _, row := range []struct {
		text string
		want []setting
	}{
		{"", nil},
		{"a=b", []setting{{"a", "b", 1}}},
		{"# a=b\n! a=b\n\n \t a=b\n", []setting{{"a", "b", 4}}},
		{"a = b\nc: d\ne f g\nh\n", []setting{{"a", "b", 1}, {"c", "d", 2}, {"e", "f g", 3}, {"h", "", 4}}},
		{"a==b", []setting{{"a", "=b", 1}}},
		{"a\\ b\\=c=d", []setting{{"a b=c", "d", 1}}},
		{"=b", []setting{{"", "b", 1}}},
		{"a=b \n", []setting{{"a", "b ", 1}}},
		{"a=b\\\n  c\\\r\n\td\r\ne=f", []setting{{"a", "bcd", 1}, {"e", "f", 4}}},
		{"a=b\\\\\nc=d", []setting{{"a", `b\`, 1}, {"c", "d", 2}}},
		{"a=b\\\n\nc=d", []setting{{"a", "b", 1}, {"c", "d", 3}}},
		{"a=b\\\n# c", []setting{{"a", "b# c", 1}}},
		{"a=b\\", []setting{{"a", "b", 1}}},
		{`a=\t\n\r\f\q\u00fc\ud83d\ude00`, []setting{{"a", "\t\n\r\fqü😀", 1}}},
		{"a=\xfc", []setting{{"a", "ü", 1}}},
		{"a=${b}", []setting{{"a", "${b}", 1}}},
		{"a=b\nc=d\na=e", []setting{{"c", "d", 2}, {"a", "e", 3}}},
		{"\xef\xbb\xbfa=b", []setting{{"a", "b", 1}}},
		{"a=b\rc=d", []setting{{"a", "b", 1}, {"c", "d", 2}}},
	} {
		if got, err := parse([]byte(row.text)); err != nil || len(got)+len(row.want) > 0 && !reflect.DeepEqual(got, row.want) {
			t.Errorf("%q: %v, %v; want %v", row.text, got, err, row.want)
		}
	}
}

func TestAnEscapeWithoutDigitsIsAnErrorWithItsLine(t *testing.T) {
	for _, value := range []string{`\u`, `\u00f`, `\users\sesame`, `\u-123`, `\u+123`} {
		_, err := parse([]byte("a=b\nc=d\\\n e\nf=" + value))
		if err == nil || !strings.HasPrefix(err.Error(), "line 4: ") || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", value, err)
		}
	}
}
