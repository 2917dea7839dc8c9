package ping

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// versionsOf is what a release of Apache Kafka answers, without its features.
func versionsOf(v *kversion.Versions) *kmsg.ApiVersionsResponse {
	r := kmsg.NewPtrApiVersionsResponse()
	v.EachMaxKeyVersion(func(key, version int16) {
		r.ApiKeys = append(r.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key, MaxVersion: version})
	})
	return r
}

func feature(r *kmsg.ApiVersionsResponse, name string, level int16) {
	r.FinalizedFeaturesEpoch = 1
	r.FinalizedFeatures = append(r.FinalizedFeatures, kmsg.ApiVersionsResponseFinalizedFeature{Name: name, MaxVersionLevel: level, MinVersionLevel: 1})
}

func TestAReleaseIsRecognisedByItsAPIs(t *testing.T) {
	for want, v := range map[string]*kversion.Versions{
		"2.4": kversion.V2_4_0(),
		"3.9": kversion.V3_9_0(),
		"4.3": kversion.V4_3_0(),
	} {
		if got := kafkaVersion(versionsOf(v)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALaterReleaseIsCalledLater(t *testing.T) {
	v := kversion.Tip()
	v.SetMaxKeyVersion(kmsg.Fetch.Int16(), 1000)
	if got := kafkaVersion(versionsOf(v)); !strings.HasSuffix(got, " or later") {
		t.Errorf("%q", got)
	}
}

// A broker that is no release of Apache Kafka has some APIs in old versions, and others in new ones.
func TestWhatIsNoReleaseIsToldByItsMetadata(t *testing.T) {
	odd := func() *kmsg.ApiVersionsResponse {
		v := kversion.V4_0_0()
		v.SetMaxKeyVersion(kmsg.Fetch.Int16(), 4)
		return versionsOf(v)
	}
	for _, row := range []struct {
		level int16
		want  string
	}{
		{0, ""},
		{-5, ""},
		{7, "3.3 or later"},
		{19, "3.7 or later"},
		{21, "3.9 or later"},
		{25, "4.0 or later"},
		{26, "4.1 or later"}, // of a development version that became 4.1
		{metadataVersion(kversion.FromString(newestRelease())), ""}, // as the demo's
		{30000, ""},
	} {
		r := odd()
		feature(r, "group.version", 1)
		if row.level != 0 {
			feature(r, "metadata.version", row.level)
		}
		if got := kafkaVersion(r); got != row.want {
			t.Errorf("metadata.version %d: %q, want %q", row.level, got, row.want)
		}
	}
}
