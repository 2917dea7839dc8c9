package wasmhost

import (
	"io/fs"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
	"github.com/tetratelabs/wazero/sys"
)

// Where a guest finds the socket device. The name carries the version of the protocol in
// the package comment, so that a guest built for another one gets an error that says so.
const (
	deviceDir  = "/dev/kafkaio"
	deviceName = "socket.v1"
)

// deviceFS is the file system at deviceDir. Its one file is a new socket each time it is
// opened.
type deviceFS struct {
	experimentalsys.UnimplementedFS
	network *network
}

// OpenFile implements experimental/sys.FS. wazero opens "." to learn that it is a directory.
func (d deviceFS) OpenFile(path string, _ experimentalsys.Oflag, _ fs.FileMode) (experimentalsys.File, experimentalsys.Errno) {
	switch path {
	case ".":
		return rootDir{}, 0
	case deviceName:
		return newSocket(d.network), 0
	}
	return nil, experimentalsys.ENOENT
}

// rootDir is the directory of a deviceFS; it lists nothing.
type rootDir struct {
	experimentalsys.UnimplementedFile
}

// IsDir implements experimental/sys.File.
func (rootDir) IsDir() (bool, experimentalsys.Errno) { return true, 0 }

// Stat implements experimental/sys.File.
func (rootDir) Stat() (sys.Stat_t, experimentalsys.Errno) {
	return sys.Stat_t{Mode: fs.ModeDir | 0o500, Nlink: 1}, 0
}
