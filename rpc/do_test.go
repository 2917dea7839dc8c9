package rpc_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/rpc"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

var ctx = context.Background()

// metadata answers Metadata with one broker.
func metadata(r received) any {
	resp := r.request.ResponseKind().(*kmsg.MetadataResponse)
	resp.Brokers = []kmsg.MetadataResponseBroker{{NodeID: 7, Host: "seven.example.com", Port: 9092}}
	return resp
}

func checkMetadata(t *testing.T, resp kmsg.Response, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := resp.(*kmsg.MetadataResponse)
	if !ok || len(m.Brokers) != 1 || m.Brokers[0].Host != "seven.example.com" {
		t.Fatalf("got %#v", resp)
	}
}

func TestHighestCommonVersionIsUsed(t *testing.T) {
	ours := kmsg.NewPtrMetadataRequest().MaxVersion()
	for theirs, want := range map[int16]int16{0: 0, 8: 8, 9: 9, 1000: ours} { // flexible from 9 on
		synctest.Test(t, func(t *testing.T) {
			b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.ApiVersions: 3, kmsg.Metadata: theirs}, metadata)
			req := kmsg.NewPtrMetadataRequest()
			resp, err := rpc.Do(ctx, p, req)
			checkMetadata(t, resp, err)
			if got := b.got(); req.Version != want || resp.GetVersion() != want || got[0].request.GetVersion() != want {
				t.Errorf("version %d was sent, %d was expected", got[0].request.GetVersion(), want)
			}
		})
	}
}

func TestAtMostLimitsTheVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, metadata)
		for limit, want := range map[int16]int16{4: 4, 1000: 9} {
			req := kmsg.NewPtrMetadataRequest()
			resp, err := rpc.Do(ctx, p, rpc.AtMost(limit, rpc.AtMost(1001, req)))
			checkMetadata(t, resp, err)
			if req.Version != want {
				t.Errorf("at most %d: version %d was sent, %d was expected", limit, req.Version, want)
			}
		}
		if n := len(b.got()); n != 2 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestTypedRequestsOfKmsg(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, metadata)
		resp, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, rpc.On(p))
		checkMetadata(t, resp, err)
	})
}

func TestRequestThatTheBrokerLacksIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, nil)
		resp, err := rpc.Do(ctx, p, kmsg.NewPtrShareFetchRequest())
		var e *rpc.VersionError
		if !errors.As(err, &e) || !errors.Is(err, kerr.UnsupportedVersion) || resp != nil {
			t.Fatalf("%v, %v", resp, err)
		}
		if want := "kafkaio: broker:9092 doesn't know ShareFetch requests"; err.Error() != want {
			t.Errorf("got  %v\nwant %v", err, want)
		}
		_, err = rpc.Do(ctx, p, rpc.AtMost(-1, kmsg.NewPtrMetadataRequest()))
		if !errors.As(err, &e) || e.Min != 0 || e.Max != 9 || e.Most != -1 {
			t.Error(err)
		}
		if got := b.got(); len(got) > 0 {
			t.Errorf("%v was sent", got)
		}
	})
}

func TestProduceWithoutAcksIsPosted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Produce: 9}, func(r received) any {
			if r.request.(*kmsg.ProduceRequest).Acks == 0 {
				return nil
			}
			return r.request.ResponseKind()
		})
		for _, acks := range []int16{0, 1, 0} {
			req := kmsg.NewPtrProduceRequest()
			req.Acks = acks
			resp, err := req.RequestWith(ctx, rpc.On(p))
			if err != nil || resp == nil || resp.Version != 9 {
				t.Fatalf("acks=%d: %v, %v", acks, resp, err)
			}
		}
		synctest.Wait()
		if n := len(b.got()); n != 3 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestResponseThatMakesNoSenseLeavesTheConnectionOpen(t *testing.T) {
	for name, raw := range map[string]rawResponse{
		"cut off":                        {0, 0},
		"nothing":                        {},
		"a header without end":           {0xff},
		"a header of more than there is": {1, 0, 100, 'x'},
		"a list of more than there is":   {0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers := []func(received) any{func(received) any { return raw }, metadata}
				_, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, func(r received) any {
					answer := answers[0]
					answers = answers[1:]
					return answer(r)
				})
				_, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				var e *rpc.ResponseError
				if !errors.As(err, &e) || e.Key != 3 || e.Version != 9 || e.Size != 4+len(raw) || e.Err == nil {
					t.Fatalf("%#v", err)
				}
				resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				checkMetadata(t, resp, err)
			})
		})
	}
}

func TestErrorsOfThePipelineComeThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, func(received) any { return nil })
		for _, negotiated := range []bool{false, true} {
			done, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := rpc.Do(done, p, kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrCannotSend) || !errors.Is(err, context.Canceled) {
				t.Errorf("%v, negotiated %v", err, negotiated)
			}
			waits, cancel := context.WithTimeout(ctx, time.Second)
			if _, err := rpc.Do(waits, p, kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrCannotReceive) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, negotiated %v", err, negotiated)
			}
			cancel()
		}
		time.AfterFunc(time.Second, func() { b.conn.Close() })
		for range 2 {
			if _, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrNoConnection) {
				t.Error(err)
			}
		}
	})
}

func TestIdentity(t *testing.T) {
	for _, row := range []struct {
		set  *rpc.Identity
		want rpc.Identity
	}{
		{nil, rpc.Identity{ClientID: "kafkaio", SoftwareName: "kafkaio"}},
		{&rpc.Identity{ClientID: "orders"}, rpc.Identity{ClientID: "orders", SoftwareName: "kafkaio"}},
		{&rpc.Identity{SoftwareName: "a-b.c", SoftwareVersion: "1.2"}, rpc.Identity{ClientID: "kafkaio", SoftwareName: "a-b.c", SoftwareVersion: "1.2"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.ApiVersions: 3, kmsg.Metadata: 9}, metadata)
			if row.set != nil {
				if err := rpc.Identify(p, *row.set); err != nil {
					t.Fatal(err)
				}
			}
			resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
			checkMetadata(t, resp, err)
			if got := b.got()[0].clientID; got != row.want.ClientID {
				t.Errorf("client id %q", got)
			}
			negotiations := b.negotiations()
			last := negotiations[len(negotiations)-1]
			if last.ClientSoftwareName != row.want.SoftwareName || last.ClientSoftwareVersion == "" ||
				row.want.SoftwareVersion != "" && last.ClientSoftwareVersion != row.want.SoftwareVersion {
				t.Errorf("%q %q", last.ClientSoftwareName, last.ClientSoftwareVersion)
			}
			if err := rpc.Identify(p, rpc.Identity{ClientID: "late"}); !errors.Is(err, core.ErrMismatchArgument) {
				t.Errorf("after the first request: %v", err)
			}
		})
	}
}

func TestIdentityThatABrokerWouldRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := newScriptedBroker(t, nil, nil)
		if err := rpc.Identify(p, rpc.Identity{ClientID: strings.Repeat("x", 1<<15)}); !errors.Is(err, core.ErrMismatchArgument) {
			t.Error(err)
		}
		for _, name := range []string{"a b", "-a", "a.", "ä", "."} {
			for _, i := range []rpc.Identity{{SoftwareName: name}, {SoftwareVersion: name}} {
				if err := rpc.Identify(p, i); !errors.Is(err, core.ErrMismatchArgument) {
					t.Errorf("%+v: %v", i, err)
				}
			}
		}
	})
}

func TestManyCallersOnOnePipeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.ApiVersions: 4, kmsg.Metadata: 9}, metadata)
		var callers sync.WaitGroup
		for range 50 {
			callers.Go(func() {
				resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				checkMetadata(t, resp, err)
			})
		}
		callers.Wait()
		if n := len(b.negotiations()); n != 2 { // the first in a version that the broker doesn't know
			t.Errorf("the versions were asked for %d times", n)
		}
	})
}
