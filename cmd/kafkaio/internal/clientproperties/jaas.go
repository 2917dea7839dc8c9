package clientproperties

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Login modules, and the mechanisms that they are for.
const (
	plainModule = "org.apache.kafka.common.security.plain.PlainLoginModule"
	scramModule = "org.apache.kafka.common.security.scram.ScramLoginModule"
)

const jaasForm = `it has the form MODULE required username="..." password="...";`

// parseJAAS reads sasl.jaas.config: one login module with its options, in the format of
// javax.security.auth.login.Configuration. Its errors contain no value.
func parseJAAS(text string) (module string, options map[string]string, err error) {
	words, err := jaasWords(text)
	if err != nil {
		return "", nil, err
	}
	if len(words) < 3 {
		return "", nil, errors.New(jaasForm)
	}
	module = words[0].text
	if !slices.Contains([]string{"required", "requisite", "sufficient", "optional"}, strings.ToLower(words[1].text)) {
		return "", nil, errors.New(jaasForm)
	}
	options = make(map[string]string)
	words = words[2:]
	for len(words) >= 3 && words[0].isWord() && words[1].is("=") && words[2].isWord() {
		options[words[0].text] = words[2].text
		words = words[3:]
	}
	switch {
	case len(words) == 0:
		return "", nil, errors.New("it doesn't end with a semicolon")
	case !words[0].is(";"):
		return "", nil, errors.New(jaasForm)
	case len(words) > 1:
		return "", nil, errors.New("something follows the semicolon: Kafka's clients take one login module")
	}
	return module, options, nil
}

// A jaasWord is a word, a quoted string or a mark.
type jaasWord struct {
	text   string
	isMark bool
}

func (w jaasWord) is(mark string) bool { return w.isMark && w.text == mark }
func (w jaasWord) isWord() bool        { return !w.isMark }

func jaasWords(text string) (words []jaasWord, err error) {
	for text != "" {
		switch c := text[0]; {
		case c <= ' ':
			text = text[1:]
		case strings.HasPrefix(text, "//"):
			_, text, _ = strings.Cut(text, "\n")
		case strings.HasPrefix(text, "/*"):
			_, text, _ = strings.Cut(text[2:], "*/")
		case c == '=' || c == ';':
			words = append(words, jaasWord{text: text[:1], isMark: true})
			text = text[1:]
		case c == '"' || c == '\'':
			value, rest, ok := jaasString(text)
			if !ok {
				return nil, errors.New("a quoted string doesn't end")
			}
			words = append(words, jaasWord{text: value})
			text = rest
		default:
			end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`=;"'/`, r) })
			switch end {
			case -1:
				end = len(text)
			case 0:
				return nil, errors.New("a slash is outside of quotes: quote the value")
			}
			words = append(words, jaasWord{text: text[:end]})
			text = text[end:]
		}
	}
	return words, nil
}

// jaasString reads a string in quotes, whose escapes are those of java.io.StreamTokenizer. It ends in the
// line in which it begins.
func jaasString(text string) (value, rest string, ok bool) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == quote:
			return b.String(), text[i+1:], true
		case c == '\n' || c == '\r':
			return "", "", false
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		if i++; i == len(text) {
			break
		}
		if c = text[i]; c >= '0' && c <= '7' {
			most := 2
			if c <= '3' {
				most = 3
			}
			end := i + 1
			for end < len(text) && end < i+most && text[end] >= '0' && text[end] <= '7' {
				end++
			}
			var char rune
			for _, digit := range text[i:end] {
				char = char*8 + digit - '0'
			}
			b.WriteRune(char)
			i = end - 1
			continue
		}
		if at := strings.IndexByte("abfnrtv", c); at >= 0 {
			c = "\a\b\f\n\r\t\v"[at]
		}
		b.WriteByte(c)
	}
	return "", "", false
}

// credentials returns the user and the password for a mechanism.
func credentials(jaas, mechanism string) (user, password string, err error) {
	module, options, err := parseJAAS(jaas)
	if err != nil {
		return "", "", err
	}
	want := scramModule
	if mechanism == "PLAIN" {
		want = plainModule
	}
	switch {
	case module != plainModule && module != scramModule:
		return "", "", fmt.Errorf("the login module isn't one that kafkaio knows: for %s it is %s", mechanism, want)
	case module != want:
		return "", "", fmt.Errorf("sasl.mechanism is %s, whose login module is %s", mechanism, want)
	}
	for name, value := range options {
		switch {
		case name == "username" || name == "password", name == "tokenauth" && value == "false":
		case name == "tokenauth":
			return "", "", errors.New("kafkaio has no delegation tokens: give a user and a password, without tokenauth")
		default:
			return "", "", errors.New("username and password are the only options that kafkaio knows")
		}
	}
	for _, name := range []string{"username", "password"} {
		if options[name] == "" {
			return "", "", fmt.Errorf("it has no %s", name)
		}
	}
	return options["username"], options["password"], nil
}
