package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// A grant is one entry of Allow.
type grant struct {
	preset  presets // 0: the API
	named   *api
	brokers bool // the API on brokers
}

// parseGrant reads an entry of Allow.
func parseGrant(entry string) (grant, error) {
	if i := slices.Index(presetNames, entry); i >= 0 {
		return grant{preset: 1 << i}, nil
	}
	name, brokers := strings.CutSuffix(entry, ofBrokers)
	a := named(name)
	switch {
	case a == nil:
		return grant{}, unknownGrant(entry)
	case a.highest() < 0:
		return grant{}, fmt.Errorf("%s can't be allowed: %s", name, a.never)
	case brokers && !a.brokers:
		return grant{}, fmt.Errorf("%q: only %s have this form", entry, strings.Join(brokerAPIs(), ", "))
	}
	return grant{named: a, brokers: brokers}, nil
}

func unknownGrant(entry string) error {
	err := fmt.Errorf("%q is neither a preset (%s) nor one of Kafka's APIs", entry, strings.Join(presetNames, ", "))
	if meant := nearest.Name(entry, grantNames()); meant != "" {
		return fmt.Errorf("%w, did you mean %s?", err, meant)
	}
	return err
}

// grantNames returns what an entry of Allow may be.
func grantNames() []string {
	names := slices.Clone(presetNames)
	for _, a := range table {
		if a.highest() >= 0 {
			names = append(names, a.name)
		}
	}
	return append(names, brokerAPIs()...)
}

func brokerAPIs() (names []string) {
	for _, a := range table {
		if a.brokers {
			names = append(names, a.name+ofBrokers)
		}
	}
	return names
}

// api reports whether the grant allows an API, on whatever.
func (g grant) api(a *api) bool {
	if g.named != nil {
		return g.named == a
	}
	return a.in&g.preset != 0
}

// transactional reports whether the grant allows an API with a transactional id.
func (g grant) transactional(a *api) bool {
	return a.names&transactionalIDs != 0 && g.preset != produceOnly && g.api(a)
}

// onBrokers reports whether the grant allows an API on brokers.
func (g grant) onBrokers(a *api) bool {
	if g.named != nil {
		return g.named == a && g.brokers
	}
	return a.inBrokers&g.preset != 0
}
