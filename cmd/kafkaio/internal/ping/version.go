package ping

import (
	"math"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// kafkaVersion returns the broker's version of Apache Kafka, such as "4.3" or "4.3 or later", or "" if its
// APIs fit none. Brokers don't tell their version, so it is guessed from their APIs.
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

// metadataVersion returns the level of the feature metadata.version (KIP-778) of a cluster or a release;
// 0: none.
func metadataVersion(v *kversion.Versions) (level int16) {
	v.EachFinalizedFeature(func(name string, finalized int16) {
		if name == "metadata.version" {
			level = finalized
		}
	})
	return level
}

// newestRelease returns the newest release that franz-go knows.
func newestRelease() string { return strings.TrimPrefix(kversion.VersionStrings()[0], "v") }

// releaseOf returns the first release with a level of the feature metadata.version.
func releaseOf(level int16) string {
	release, best := "", int16(math.MaxInt16)
	for _, v := range kversion.VersionStrings() {
		if has := metadataVersion(kversion.FromString(v)); has >= level && level > 0 && has < best {
			release, best = strings.TrimPrefix(v, "v"), has
		}
	}
	return release
}
