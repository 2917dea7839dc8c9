package wasmhost

import (
	"io/fs"
	"sync"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
	"github.com/tetratelabs/wazero/sys"
)

// The socket file's path. Its name has the version of the protocol in ABI.md, so that
// a guest built for another version gets an error that says so.
const (
	deviceDir  = "/dev/kafkaio"
	deviceName = "socket.v1"
)

// deviceFS is the file system at deviceDir. Each open of its one file makes a new socket. Open
// sockets and open directories together are bounded by Config.MaxSockets.
type deviceFS struct {
	experimentalsys.UnimplementedFS
	network *network
}

// OpenFile implements experimental/sys.FS. wazero opens "." to find that it is a directory.
func (d deviceFS) OpenFile(path string, _ experimentalsys.Oflag, _ fs.FileMode) (experimentalsys.File, experimentalsys.Errno) {
	if path != "." && path != deviceName {
		return nil, experimentalsys.ENOENT
	}
	if !d.network.reserve() {
		return nil, experimentalsys.EAGAIN // wazero has no EMFILE
	}
	if path == "." {
		return &rootDir{network: d.network}, 0
	}
	return newSocket(d.network), 0
}

// rootDir is the directory of a deviceFS; it lists nothing.
type rootDir struct {
	experimentalsys.UnimplementedFile
	network *network
	closed  sync.Once
}

// Close implements experimental/sys.File.
func (r *rootDir) Close() experimentalsys.Errno {
	r.closed.Do(r.network.release)
	return 0
}

// IsDir implements experimental/sys.File.
func (*rootDir) IsDir() (bool, experimentalsys.Errno) { return true, 0 }

// Stat implements experimental/sys.File.
func (*rootDir) Stat() (sys.Stat_t, experimentalsys.Errno) {
	return sys.Stat_t{Mode: fs.ModeDir | 0o500, Nlink: 1}, 0
}
