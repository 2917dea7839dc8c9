package happyeyeballs

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestOverlapSaysHowEachAttemptEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		odd := errors.New("odd")
		started := time.Now()
		value, winner, errs := Overlap(t.Context(), 5, func(ctx context.Context, i int) (string, error) {
			switch i {
			case 1:
				return "", odd
			case 2:
				time.Sleep(300 * ms)
				return "two", nil
			}
			<-ctx.Done() // the first, and the fourth, which starts 250 ms after the third
			return "", ctx.Err()
		}, func(v string) { t.Errorf("%q was discarded", v) })
		if value != "two" || winner != 2 || time.Since(started) != 550*ms {
			t.Errorf("%q of attempt %d after %v", value, winner, time.Since(started))
		}
		if want := []error{ErrOvertaken, odd, nil, ErrOvertaken}; !slices.Equal(errs, want) {
			t.Errorf("got %v, want %v", errs, want)
		}
	})
}

func TestAttemptThatIgnoresItsContextHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		discarded := ""
		_, winner, errs := Overlap(ctx, 1, func(context.Context, int) (string, error) {
			time.Sleep(time.Hour)
			return "late", nil
		}, func(v string) { discarded = v })
		if took := time.Since(started); winner != -1 || took != time.Second {
			t.Errorf("winner %d after %v", winner, took)
		}
		if want := []error{context.DeadlineExceeded}; !slices.Equal(errs, want) {
			t.Errorf("got %v, want %v", errs, want)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if discarded != "late" {
			t.Errorf("what came late was not discarded")
		}
	})
}

func TestDialThatReturnsNothingIsAnError(t *testing.T) {
	c, err := Dial(t.Context(), addrs("192.0.2.1"), func(context.Context, netip.AddrPort) (net.Conn, error) { return nil, nil })
	if c != nil || err == nil || !strings.Contains(err.Error(), "neither a connection nor an error") {
		t.Errorf("%v, %v", c, err)
	}
}
