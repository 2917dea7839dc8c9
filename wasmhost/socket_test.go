package wasmhost

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

func TestDeviceHasSocketsOnly(t *testing.T) {
	d := deviceFS{network: newNetwork(t.Context(), Config{})}
	for _, path := range []string{"", "/", "..", "socket.v0", "socket.v1/x", "a\x00b"} {
		if _, errno := d.OpenFile(path, 0, 0); errno != experimentalsys.ENOENT {
			t.Errorf("opening %q gives %v", path, errno)
		}
	}
}

// A guest may call a socket file's methods in any order. An invalid order is an error.
func TestSocketOutOfOrder(t *testing.T) {
	n := newNetwork(t.Context(), Config{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	defer n.close()
	s := newSocket(n)
	b := make([]byte, 10)
	request := []byte("4\ntcp\nbroker:9092")
	check := func(what string, errno, want experimentalsys.Errno) {
		t.Helper()
		if errno != want {
			t.Errorf("%s gives %v, want %v", what, errno, want)
		}
	}
	_, errno := s.Read(b)
	check("Read before a request", errno, experimentalsys.EINVAL)
	_, errno = s.Write(b)
	check("Write before a request", errno, experimentalsys.EINVAL)
	_, errno = s.Pread(b, 0)
	check("Pread before a request", errno, experimentalsys.EAGAIN)
	_, errno = s.Pread(b, -1)
	check("Pread at -1", errno, experimentalsys.EINVAL)
	_, errno = s.Pwrite(request, 1)
	check("Pwrite at 1", errno, experimentalsys.EINVAL)
	_, errno = s.Pwrite(request, 0)
	check("Pwrite", errno, 0)
	_, errno = s.Pwrite(request, 0)
	check("second Pwrite", errno, experimentalsys.EINVAL)
	_, errno = s.Read(b)
	check("Read while dialling", errno, experimentalsys.EAGAIN)
	_, errno = s.Write(b)
	check("Write while dialling", errno, experimentalsys.EAGAIN)
	check("SetNonblock(false)", s.SetNonblock(false), experimentalsys.ENOTSUP)
	check("Close", s.Close(), 0)
	check("second Close", s.Close(), 0)
	_, errno = s.Read(b)
	check("Read after Close", errno, experimentalsys.EBADF)
	_, errno = newSocket(n).Pwrite([]byte("nonsense"), 0)
	check("a request of nonsense", errno, experimentalsys.EINVAL)
}

// A place is free again once the guest has closed the file and its bytes are sent.
func TestPlacesOfTheDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, peer := net.Pipe()
		n := newNetwork(t.Context(), Config{MaxSockets: 2, Dial: func(context.Context, string, string) (net.Conn, error) {
			return guest, nil
		}})
		d := deviceFS{network: n}
		d.OpenFile(".", 0, 0) // as wazero does
		open := func(path string, want experimentalsys.Errno) experimentalsys.File {
			t.Helper()
			f, errno := d.OpenFile(path, 0, 0)
			if errno != want {
				t.Errorf("opening %q gives %v, want %v", path, errno, want)
			}
			return f
		}
		dir, s := open(".", 0), open(deviceName, 0)
		open(deviceName, experimentalsys.EAGAIN)
		open(".", experimentalsys.EAGAIN)
		dir.Close()
		dir.Close()
		idle := open(deviceName, 0)
		open(deviceName, experimentalsys.EAGAIN)
		idle.Close()
		idle.Close()
		open(deviceName, 0)
		s.Pwrite([]byte("4\ntcp\nbroker:9092"), 0)
		synctest.Wait()
		s.Write([]byte("x"))
		s.Close()
		synctest.Wait()
		open(deviceName, experimentalsys.EAGAIN) // s still sends
		peer.Read(make([]byte, 1))
		synctest.Wait()
		open(deviceName, 0)
		n.close()
	})
}

// The host buffers a bounded number of bytes for a guest that reads nothing.
func TestReceivingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		s, peer := connectedSocket(t, n, 4)
		peer.SetWriteDeadline(time.Now().Add(time.Second))
		taken, err := peer.Write(make([]byte, 4*maxBuffer))
		if taken != maxBuffer || err == nil {
			t.Errorf("the host took %d bytes, %v, want %d", taken, err, maxBuffer)
		}
		s.Close()
		n.close()
	})
}

func TestWhatWasWrittenIsSentAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		s, peer := connectedSocket(t, n, 4)
		s.Write(make([]byte, maxBuffer))
		s.Close()
		time.Sleep(lingerTimeout / 2)
		if got, err := io.Copy(io.Discard, peer); got != maxBuffer || err != nil {
			t.Errorf("peer got %d bytes, %v", got, err)
		}
		n.close()
	})
}

func TestAPeerThatTakesNothingDelaysTheEndForALimitedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t.Context(), Config{})
		s, _ := connectedSocket(t, n, 4)
		s.Write(make([]byte, maxBuffer))
		start := time.Now()
		n.close()
		if d := time.Since(start); d != lingerTimeout {
			t.Errorf("it took %v, want %v", d, lingerTimeout)
		}
	})
}

func TestADoneContextDoesNotWaitForAPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := newNetwork(ctx, Config{})
		s, _ := connectedSocket(t, n, 4)
		s.Write(make([]byte, maxBuffer))
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		n.close()
		if d := time.Since(start); d != time.Second {
			t.Errorf("it took %v, want a second", d)
		}
	})
}
