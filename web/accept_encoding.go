package web

import (
	"strconv"
	"strings"
)

// A codingName is a content coding of RFC 9110 section 8.4.1, in lower case.
type codingName string

const (
	brotli   codingName = "br"
	gzipped  codingName = "gzip"
	identity codingName = "identity" // no coding
	anyOther codingName = "*"        // in Accept-Encoding: each coding that isn't named
)

// acceptEncoding is what an Accept-Encoding header says (RFC 9110 section 12.5.3): a weight from 0,
// not accepted, to 1.
type acceptEncoding map[codingName]float64

// parseAcceptEncoding reads the header's lines. An element whose weight makes no sense is not accepted.
func parseAcceptEncoding(lines []string) acceptEncoding {
	accepted := make(acceptEncoding)
	for element := range strings.SplitSeq(strings.ToLower(strings.Join(lines, ",")), ",") {
		text, parameter, hasWeight := strings.Cut(element, ";")
		name := codingName(strings.TrimSpace(text))
		if name == "x-gzip" { // section 8.4.1.3
			name = gzipped
		}
		if name == "" {
			continue
		}
		weight := 1.0
		if hasWeight {
			weight = parseWeight(parameter)
		}
		accepted[name] = weight
	}
	return accepted
}

// parseWeight reads "q=0.5". It returns 0 for what isn't a weight.
func parseWeight(parameter string) float64 {
	name, value, _ := strings.Cut(parameter, "=")
	if strings.TrimSpace(name) != "q" {
		return 0
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(weight >= 0 && weight <= 1) {
		return 0
	}
	return weight
}

// weight returns the weight of a coding. What the header says of it by name counts more than "*".
func (a acceptEncoding) weight(coding codingName) float64 {
	if weight, named := a[coding]; named {
		return weight
	}
	return a[anyOther]
}
