package bridge_test

import (
	"testing"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
)

// What one Bridge holds is missing to another that shares its Memory.
func TestBridgesShareAMemory(t *testing.T) {
	memory, err := bridge.NewMemory(0)
	if err != nil {
		t.Fatal(err)
	}
	config := bridge.Config{Brokers: []string{echo(t)}, Memory: memory}
	_, url := serve(t, config)
	other, _ := serve(t, config)
	held := other.HeldMemory()
	dial(t, &kafkaio.Dialer{Bridge: url}, config.Brokers[0])
	if now := other.HeldMemory(); held != 0 || now < 20<<10 {
		t.Errorf("%d bytes were held, and %d with a client of the other bridge", held, now)
	}
	alone, _ := serve(t, bridge.Config{Brokers: config.Brokers})
	if now := alone.HeldMemory(); now != 0 {
		t.Errorf("%d bytes are held of another Memory", now)
	}
}

func TestMemoryThatMakesNoSenseIsRefused(t *testing.T) {
	for _, limit := range []int64{-1, 1, 4<<20 - 1} {
		if _, err := bridge.NewMemory(limit); err == nil {
			t.Errorf("a Memory of %d bytes was made", limit)
		}
	}
	memory, err := bridge.NewMemory(4 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bridge.New(bridge.Config{Brokers: []string{"broker"}, Memory: memory, MaxMemory: 8 << 20}); err == nil {
		t.Error("both Memory and MaxMemory were taken")
	}
}
