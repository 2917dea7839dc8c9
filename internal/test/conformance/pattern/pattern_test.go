package pattern

import (
	"bytes"
	"io"
	"testing"
)

func TestReaderAndAtGiveTheSameBytes(t *testing.T) {
	const size = 3*period + 17
	got, err := io.ReadAll(io.LimitReader(&Reader{}, size))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, At(0, size)) {
		t.Error("what a Reader reads is not what At returns")
	}
	if !bytes.Equal(got[period-5:], At(period-5, size-period+5)) {
		t.Error("At(offset) is not the pattern from that offset on")
	}
}

func TestCheckerFindsTheFirstWrongByte(t *testing.T) {
	right := At(0, 2*period)
	for _, wrong := range []int{0, 1, period - 1, period, 2*period - 1} {
		p := bytes.Clone(right)
		p[wrong] ^= 1
		var c Checker
		n, err := c.Write(p)
		if n != wrong || err == nil {
			t.Errorf("with byte %d changed: Write returned %d, %v", wrong, n, err)
		}
	}
}

func TestCheckerFindsWhatIsLost(t *testing.T) {
	p := At(0, 2*period)
	for _, lost := range []int{1, 4096, 65536} {
		var c Checker
		if _, err := c.Write(p[:1000]); err != nil {
			t.Fatal(err)
		}
		n, err := c.Write(p[1000+lost:])
		if err == nil {
			t.Errorf("%d bytes are missing and the Checker says nothing", lost)
		}
		if got, want := c.Offset(), int64(1000+n); got != want {
			t.Errorf("Offset is %d after a wrong byte, want %d", got, want)
		}
	}
}
