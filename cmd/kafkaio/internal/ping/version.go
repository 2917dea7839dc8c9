package ping

import (
	"math"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// kafkaVersion is the version of Apache Kafka that a broker is, such as "4.3" or "4.3 or later", as
// far as what it can do tells, or empty. Brokers don't tell their version.
func kafkaVersion(r *kmsg.ApiVersionsResponse) string {
	versions := kversion.FromApiVersionsResponse(r)
	guess := versions.VersionGuess()
	if exact, ok := strings.CutPrefix(guess, "v"); ok {
		return exact
	}
	if least, ok := strings.CutPrefix(guess, "at least v"); ok {
		return least + " or later"
	}
	// It isn't as any release is. But a cluster only has the metadata of a release, or later one. That
	// of the newest known would say nothing: a program that poses as Kafka may have it.
	if least := releaseOf(metadataVersion(versions)); least != "" && least != newestRelease() {
		return least + " or later"
	}
	return ""
}

// metadataVersion is the level of the feature metadata.version (KIP-778) that a cluster, or a
// release, has; 0 is none.
func metadataVersion(v *kversion.Versions) (level int16) {
	v.EachFinalizedFeature(func(name string, finalized int16) {
		if name == "metadata.version" {
			level = finalized
		}
	})
	return level
}

// newestRelease is that of the releases that are known.
func newestRelease() string { return strings.TrimPrefix(kversion.VersionStrings()[0], "v") }

// releaseOf is the first release that has a level of the feature metadata.version.
func releaseOf(level int16) string {
	release, best := "", int16(math.MaxInt16)
	for _, v := range kversion.VersionStrings() {
		if has := metadataVersion(kversion.FromString(v)); has >= level && level > 0 && has < best {
			release, best = strings.TrimPrefix(v, "v"), has
		}
	}
	return release
}
