package bridge

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/filter"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// pipeClient is a frameClient in memory.
type pipeClient struct {
	net.Conn // the bridge's end

	mu     sync.Mutex
	code   tunnel.Code // with which the relay closed
	onDone func()
	ended  bool
	held   int // bytes of memory
	most   int // bytes that may be held; 0: any
}

func (c *pipeClient) OnDone(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onDone = f
}

func (c *pipeClient) Ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

func (c *pipeClient) CloseWith(code tunnel.Code, _ string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done(code)
	return nil
}

// done is called with the lock.
func (c *pipeClient) done(code tunnel.Code) {
	if f := c.onDone; f != nil {
		c.onDone, c.code = nil, code
		c.Conn.Close()
		go f()
	}
}

// leave closes the client's end.
func (c *pipeClient) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.done(tunnel.CodeNormal)
}

func (c *pipeClient) ReadFull(p []byte) (int, error) { return io.ReadFull(c.Conn, p) }

func (c *pipeClient) Buffered() int { return 0 }

func (c *pipeClient) SendFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

func (c *pipeClient) TakeMemory(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.most > 0 && c.held+n > c.most {
		return false
	}
	c.held += n
	return true
}

func (c *pipeClient) GiveMemory(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held -= n
}

// scriptedFrames answer requests with an odd correlation id themselves, once the requests before are
// answered. They rewrite answers whose id is a multiple of four.
type scriptedFrames struct {
	mu      sync.Mutex
	queue   []int32
	largest int
}

func (f *scriptedFrames) Limit(int16, int16) int { return 1 << 20 }

func (f *scriptedFrames) Request(_ context.Context, request []byte) (net.Buffers, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := int32(binary.BigEndian.Uint32(request[4:]))
	f.queue = append(f.queue, id)
	f.largest = max(f.largest, len(f.queue))
	if id%2 != 0 {
		return nil, nil
	}
	return net.Buffers{binary.BigEndian.AppendUint32(nil, uint32(len(request))), request}, nil
}

func (f *scriptedFrames) Parsed([]byte) int { return 0 }

func (f *scriptedFrames) Full() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue) >= 16
}

func (f *scriptedFrames) Held() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return 1000 * len(f.queue)
}

func (f *scriptedFrames) Pending() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range f.queue {
		if id%2 == 0 {
			n++
		}
	}
	return n
}

func (f *scriptedFrames) Response(id int32, size int) (filter.Rewrite, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 || f.queue[0] != id {
		return nil, denied("answer %d, queue %v", id, f.queue)
	}
	if id%4 != 0 {
		return nil, nil
	}
	return func(_ context.Context, answer []byte) ([]byte, error) {
		return binary.BigEndian.AppendUint32([]byte{0, 0, 0, 4}, uint32(id)), nil
	}, nil
}

func (f *scriptedFrames) Done() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = f.queue[1:]
}

func (f *scriptedFrames) Local() (answers []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.queue) > 0 && f.queue[0]%2 != 0 {
		answers = binary.BigEndian.AppendUint32(append(answers, 0, 0, 0, 4), uint32(f.queue[0]))
		f.queue = f.queue[1:]
	}
	return answers
}

// A relayTest is a relay between ends that the test has.
type relayTest struct {
	client   *pipeClient
	atClient net.Conn
	atBroker net.Conn
	relay    *frameRelay
	silent   bool
	running  sync.WaitGroup
}

func newRelayTest(f frames, lapsed context.Context) *relayTest {
	x := &relayTest{client: &pipeClient{}}
	x.client.Conn, x.atClient = net.Pipe()
	near, far := net.Pipe()
	x.atBroker = far
	x.relay = &frameRelay{client: x.client, broker: &connection{Conn: near}, frames: f, parsing: newParsing(nil, defaultMemory), lapsed: lapsed}
	x.running.Go(func() { x.silent = x.relay.run() })
	return x
}

// end waits for the relay, which has to have given back its memory.
func (x *relayTest) end(t *testing.T) {
	t.Helper()
	x.running.Wait()
	if x.client.held != 0 {
		t.Errorf("the relay holds %d bytes", x.client.held)
	}
}

func testRequest(id int32, size int) []byte {
	frame := binary.BigEndian.AppendUint32(nil, uint32(8+size))
	frame = append(frame, 0, 3, 0, 1)
	return append(binary.BigEndian.AppendUint32(frame, uint32(id)), make([]byte, size)...)
}

// readTestFrame returns a frame without its length.
func readTestFrame(c net.Conn) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(size[:]))
	_, err := io.ReadFull(c, frame)
	return frame, err
}

// echoFrames answers each request with size bytes, after delay.
func echoFrames(c net.Conn, size int, delay time.Duration) {
	for {
		request, err := readTestFrame(c)
		if err != nil {
			return
		}
		time.Sleep(delay)
		answer := binary.BigEndian.AppendUint32(nil, uint32(4+size))
		answer = append(append(answer, request[4:8]...), make([]byte, size)...)
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}
