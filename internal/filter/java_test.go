package filter

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// otherwise are the APIs whose denial is meant to differ from Java's getErrorResponse, and why.
var otherwise = map[int16]string{
	keyFetch:    "at entries, as a broker denies topics: clients take an error at the top for one of the session",
	keyMetadata: "at entries, as a broker denies topics",
	38:          "no principal, since the bridge's is nobody's business, and no times",
	43:          "at the top only, where clients look first",
	45:          "at the top only, where clients look first",
	46:          "at the top only, where clients look first",
	50:          "at the top only, where clients look first",
	65:          "-1 for the epoch of no producer",
	51:          "an entry for a user that the request names twice",
}

// What a policy denies as a whole is answered as Java's getErrorResponse would, but for texts.
func TestDenialsAreThoseOfJava(t *testing.T) {
	jar := kafkatest.ClientsJar(t)
	if _, err := exec.LookPath("java"); err != nil {
		require.Missing(t, "java", "apt-get install default-jdk-headless")
	}
	var in strings.Builder
	var requests []kmsg.Request
	for key := int16(0); key < 128; key++ {
		if handlers[key] == nil || key == keyApiVersions || otherwise[key] != "" {
			continue
		}
		for version := int16(0); version <= kmsg.RequestForKey(key).MaxVersion(); version++ {
			req := kmsg.RequestForKey(key)
			fill(reflect.ValueOf(req).Elem(), "orders")
			req.SetVersion(version)
			valid(req)
			body := req.AppendTo(nil)
			req, err := readRequest(key, version, body) // without what this version doesn't have
			if err != nil {
				t.Fatal(err)
			}
			requests = append(requests, req)
			fmt.Fprintln(&in, key, version, denialCode(req), hex.EncodeToString(body))
		}
	}
	cmd := exec.Command("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", filepath.Join(filepath.Dir(jar), "*"), "testdata/ErrorResponses.java")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(requests) {
		t.Fatalf("%d answers to %d requests", len(lines), len(requests))
	}
	compared := 0
	for i, req := range requests {
		if lines[i] == "unsupported" {
			continue
		}
		name := fmt.Sprintf("%s version %d", policy.APIName(req.Key()), req.GetVersion())
		body, err := hex.DecodeString(lines[i])
		if err != nil {
			t.Errorf("%s: %s", name, lines[i])
			continue
		}
		java, ours := normal(t, req, body), normal(t, req, errorResponse(req, denialCode(req)).AppendTo(nil))
		if compared++; java != ours {
			t.Errorf("%s:\njava %s\nours %s", name, java, ours)
		}
	}
	if compared < 200 {
		t.Errorf("only %d denials were compared", compared)
	}
}

// valid sets what Java checks while it reads a request.
func valid(req kmsg.Request) {
	switch req := req.(type) {
	case *kmsg.ProduceRequest:
		req.Acks = 1
	case *kmsg.FindCoordinatorRequest:
		req.CoordinatorType = 0
	case *kmsg.DescribeACLsRequest:
		req.ResourceType, req.ResourcePatternType, req.Operation, req.PermissionType = 2, 3, 3, 3
	case *kmsg.CreateACLsRequest:
		c := &req.Creations[0]
		c.ResourceType, c.ResourcePatternType, c.Operation, c.PermissionType = 2, 3, 3, 3
	case *kmsg.DeleteACLsRequest:
		f := &req.Filters[0]
		f.ResourceType, f.ResourcePatternType, f.Operation, f.PermissionType = 2, 3, 3, 3
	case *kmsg.DescribeConfigsRequest:
		req.Resources[0].ResourceType = 4
	}
}

var (
	tagsJSON    = regexp.MustCompile(`,?"UnknownTags":\{\}`)
	messageJSON = regexp.MustCompile(`"ErrorMessage":("[^"]*"|null)`)
	emptyJSON   = regexp.MustCompile(`\[\]`)
)

// normal returns the text of an answer without what may differ: texts of errors, and null for empty lists.
func normal(t *testing.T, req kmsg.Request, body []byte) string {
	t.Helper()
	resp := req.ResponseKind()
	if err := resp.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(resp)
	if err != nil {
		t.Fatal(err)
	}
	text = messageJSON.ReplaceAll(tagsJSON.ReplaceAll(text, nil), []byte(`"ErrorMessage":null`))
	return string(emptyJSON.ReplaceAll(text, []byte("null")))
}
