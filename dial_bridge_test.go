package kafkaio

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSecretsInABridgeURLAreNotTold(t *testing.T) {
	for _, bridge := range []string{
		"ws://me:s3cret@127.0.0.1:1/kafka?key=s3cret",
		"http://me:s3cret@127.0.0.1/kafka?key=s3cret",
		"127.0.0.1/kafka?key=s3cret",
		"http://127.0.0.1:8642/#token=s3cret",
		"ws://127.0.0.1:8642/kafka#token=s3cret",
	} {
		_, err := (&Dialer{Bridge: bridge}).Dial(t.Context(), "broker:9092")
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: %v", bridge, err)
		}
	}
}

func TestBridgeURLThatMakesNoSenseIsAnInvalidArgument(t *testing.T) {
	for _, url := range []string{
		"http://127.0.0.1/kafka", "ws:///kafka", "ws://127.0.0.1:99999/kafka", "ws://exa mple/kafka", "ws://[::1/kafka",
		"ws://127.0.0.1:1/kafka#x", "ws://:80/kafka", "ws://127.0.0.1:x/kafka", "ws://user@/kafka", "ws://?x",
	} {
		_, err := (&Dialer{Bridge: url}).Dial(t.Context(), "broker:9092")
		if !errors.Is(err, ErrMismatchArgument) || !strings.Contains(err.Error(), "bridge ") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestTokenThatHeedsNoContextHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Dialer{
			Bridge: "ws://127.0.0.1:1/kafka",
			Token: func(context.Context) (string, error) {
				time.Sleep(time.Hour)
				return "", nil
			},
		}
		for range 2 {
			start := time.Now()
			_, err := d.Dial(t.Context(), "broker:9092")
			if took := time.Since(start); took != DefaultTimeout || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%v after %v, a timeout after %v was expected", err, took, DefaultTimeout)
			}
		}
		time.Sleep(time.Hour)
	})
}
