package policy

import "slices"

// presets are a set of presets.
type presets uint8

const (
	metadata presets = 1 << iota
	readOnly
	produceOnly
	readWrite
	full
)

// presetNames are what an operator writes, in the order of the constants.
var presetNames = []string{"metadata", "read-only", "produce-only", "read-write", "full"}

// The sets that APIs are in. Each preset but produce-only includes those before it.
const (
	describing = metadata | reading
	reading    = readOnly | writing
	writing    = readWrite | full
	producing  = produceOnly | writing
	managing   = full
)

// kinds are a set of kinds of resources, each of which has a name.
type kinds uint8

const (
	topics kinds = 1 << iota
	groups
	transactionalIDs
)

// An api is one of Kafka's APIs: what may allow it, and what it is about.
type api struct {
	key  int16
	name string // as Kafka spells it
	// in are the presets that allow it.
	in presets
	// names are the kinds of resources that a request names, or whose names select what the answer lists.
	names kinds
	// optional are those of names that not every request names. A policy that allows an API by name needs
	// patterns for the others, and for one of these if there are no others.
	optional kinds
	// answers are further kinds that the answer names.
	answers kinds
	// joins: it takes part in a consumer group or changes it. The others only see it.
	joins bool
	// alone: it is useful without any resource, although it names some.
	alone bool
	// always: a connection needs it, so every policy allows it.
	always bool
	// never says why no policy may allow it. maxVersion is then the highest version to which it doesn't
	// apply: -1 if it applies to all.
	never      string
	maxVersion int16
	// named says why no preset allows it.
	named string
	// notHeld: not with credentials that the bridge holds.
	notHeld bool
	// brokers: it is about brokers too, which only "NAME of brokers" and the presets inBrokers allow.
	brokers   bool
	inBrokers presets
}

// ofBrokers follows the name of an API that is allowed on brokers as well.
const ofBrokers = " of brokers"

// byKey has the APIs at their keys.
var byKey = func() (byKey [maxKeys]*api) {
	for i := range table {
		byKey[table[i].key] = &table[i]
	}
	return byKey
}()

// lookup returns the API with a key, or nil if there is no such API.
func lookup(key int16) *api {
	if key < 0 || key >= maxKeys {
		return nil
	}
	return byKey[key]
}

// named returns the API with that name, or nil.
func named(name string) *api {
	i := slices.IndexFunc(table, func(a api) bool { return a.name == name })
	if i < 0 {
		return nil
	}
	return &table[i]
}

// APIName returns the name of an API as Kafka spells it, or "" if Kafka has no such API.
func APIName(key int16) string {
	if a := lookup(key); a != nil {
		return a.name
	}
	return ""
}

// MaxVersion returns the highest version of an API that a policy can allow: math.MaxInt16 for most. ok is
// false for an API that no policy can allow, and with credentials that the bridge holds (held) for one that
// works with the client's own.
func MaxVersion(key int16, held bool) (version int16, ok bool) {
	a := lookup(key)
	if a == nil || held && a.notHeld {
		return 0, false
	}
	return a.highest(), a.highest() >= 0
}

// maxKeys bounds the keys of APIs.
const maxKeys = 128

// keys are a set of keys of APIs.
type keys [maxKeys / 64]uint64

func (k *keys) add(key int16) { k[key/64] |= 1 << (key % 64) }

func (k *keys) has(key int16) bool {
	return key >= 0 && key < maxKeys && k[key/64]&(1<<(key%64)) != 0
}
