package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// serveApiVersions returns a Pipeline to a broker that answers ApiVersions by this function, and the
// versions in which it was asked.
func serveApiVersions(t *testing.T, answer func(req *kmsg.ApiVersionsRequest) any) (asked *[]int16, p *core.Pipeline) {
	b, p := newScriptedBroker(t, nil, metadata)
	asked = new([]int16)
	b.negotiate = func(req *kmsg.ApiVersionsRequest) any {
		*asked = append(*asked, req.Version)
		return answer(req)
	}
	return asked, p
}

func unsupported(keys ...kmsg.ApiVersionsResponseApiKey) *kmsg.ApiVersionsResponse {
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.ErrorCode = kerr.UnsupportedVersion.Code
	resp.ApiKeys = keys
	return resp
}

func knowsMetadata(version int16) *kmsg.ApiVersionsResponse {
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.Version = version
	resp.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: kmsg.Metadata.Int16(), MaxVersion: 9}}
	return resp
}

func TestApiVersionsFallsBack(t *testing.T) {
	ours := kmsg.NewPtrApiVersionsRequest().MaxVersion()
	for _, row := range []struct {
		name   string
		answer func(req *kmsg.ApiVersionsRequest) any
		asked  []int16
		err    error
	}{
		{"the broker knows ours", func(req *kmsg.ApiVersionsRequest) any { return knowsMetadata(req.Version) }, []int16{ours}, nil},
		{"to the highest that the broker names (KIP-511)", func(req *kmsg.ApiVersionsRequest) any {
			if req.Version > 2 {
				return unsupported(kmsg.ApiVersionsResponseApiKey{ApiKey: 1, MaxVersion: 1}, kmsg.ApiVersionsResponseApiKey{ApiKey: 18, MaxVersion: 2})
			}
			return knowsMetadata(req.Version)
		}, []int16{ours, 2}, nil},
		{"to 0 where it names none", func(req *kmsg.ApiVersionsRequest) any {
			if req.Version > 0 {
				return unsupported()
			}
			return knowsMetadata(req.Version)
		}, []int16{ours, 0}, nil},
		{"to 0 where it names what it refused", func(req *kmsg.ApiVersionsRequest) any {
			if req.Version > 0 {
				return unsupported(kmsg.ApiVersionsResponseApiKey{ApiKey: 18, MaxVersion: 99})
			}
			return knowsMetadata(req.Version)
		}, []int16{ours, 0}, nil},
		{"not below 0", func(*kmsg.ApiVersionsRequest) any {
			return unsupported(kmsg.ApiVersionsResponseApiKey{ApiKey: 18, MaxVersion: -3})
		}, []int16{ours, 0}, kerr.UnsupportedVersion},
		{"not for another error", func(req *kmsg.ApiVersionsRequest) any {
			resp := knowsMetadata(req.Version)
			resp.ErrorCode = kerr.InvalidRequest.Code
			return resp
		}, []int16{ours}, kerr.InvalidRequest},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked, p := serveApiVersions(t, row.answer)
				resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				if row.err == nil {
					checkMetadata(t, resp, err)
				} else if !errors.Is(err, row.err) {
					t.Error(err)
				}
				if fmt.Sprint(*asked) != fmt.Sprint(row.asked) {
					t.Errorf("versions %v were asked in, want %v", *asked, row.asked)
				}
			})
		})
	}
}

func TestBrokerThatIsTooNewIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := serveApiVersions(t, func(req *kmsg.ApiVersionsRequest) any {
			resp := kmsg.NewPtrApiVersionsResponse()
			resp.Version = req.Version
			resp.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: 3, MinVersion: 100, MaxVersion: 101}, {ApiKey: 1, MinVersion: -9, MaxVersion: -8}}
			return resp
		})
		_, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
		want := fmt.Sprintf("kafkaio: broker:9092 has versions 100 to 101 of Metadata requests, the client has 0 to %d", kmsg.NewPtrMetadataRequest().MaxVersion())
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %v", err, want)
		}
		var e *rpc.VersionError
		if _, err := rpc.Do(ctx, p, kmsg.NewPtrFetchRequest()); !errors.As(err, &e) {
			t.Errorf("versions below 0: %v", err)
		}
	})
}

func TestNegotiationPassesToTheNextWhenItsCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := 0
		_, p := serveApiVersions(t, func(req *kmsg.ApiVersionsRequest) any {
			if answers++; answers == 1 {
				return nil
			}
			return knowsMetadata(req.Version)
		})
		leaves, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		first := make(chan error, 1)
		go func() {
			_, err := rpc.Do(leaves, p, kmsg.NewPtrMetadataRequest())
			first <- err
		}()
		synctest.Wait()
		resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
		checkMetadata(t, resp, err)
		if err := <-first; !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestVersionsAreWhatTheBrokerAnsweredAndAskedOnce(t *testing.T) {
	ctx := t.Context()
	b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.ApiVersions: 3, kmsg.Metadata: 9}, metadata)
	for range 2 {
		v, err := rpc.Versions(ctx, p)
		if err != nil || v.Version != 3 || len(v.ApiKeys) != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest()); err != nil {
			t.Fatal(err)
		}
	}
	// In the version of the client, and in that of the broker.
	if n := len(b.negotiations()); n != 2 {
		t.Errorf("the versions were asked for %d times", n)
	}
}

func TestVersionsThatAreRefusedAreAnError(t *testing.T) {
	_, p := serveApiVersions(t, func(req *kmsg.ApiVersionsRequest) any {
		resp := kmsg.NewPtrApiVersionsResponse()
		resp.Version, resp.ErrorCode = req.Version, kerr.InvalidRequest.Code
		return resp
	})
	if v, err := rpc.Versions(t.Context(), p); v != nil || !errors.Is(err, kerr.InvalidRequest) {
		t.Errorf("%+v, %v", v, err)
	}
}
