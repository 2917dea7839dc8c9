package filter

import "github.com/twmb/franz-go/pkg/kmsg"

const (
	// parsedFactor is how many bytes a request takes at most for each of its own while it is parsed. Entries
	// with an unknown tag, in Metadata, take most. TestParsedSize measures it.
	parsedFactor = 110
	// parsedEntry is how many bytes an entry of a Produce takes, or an unknown tag.
	parsedEntry = 512
	// parsedLeast is what any request takes.
	parsedLeast = 4 << 10
	// answerFactor is parsedFactor for answers of brokers, whose entries have names and no unknown tags.
	answerFactor = 8
)

// Parsed returns how many bytes a request takes at most while Request parses it, beside what that returns.
func (f *Filter) Parsed(request []byte) int {
	if h, rest, err := parseHeader(request); err == nil && h.key == keyProduce {
		produce := kmsg.ProduceRequest{Version: h.version}
		if body, err := h.parseClientID(rest, produce.IsFlexible()); err == nil {
			entries, _ := checkProduced(h.version, body)
			return parsedLeast + min(entries, maxListed)*parsedEntry
		}
		return parsedLeast
	}
	return parsedLeast + parsedFactor*len(request)
}

// ParsedAnswer returns about how many bytes an answer of size bytes takes while it is rewritten.
func ParsedAnswer(size int) int { return parsedLeast + answerFactor*size }
