package jsfiles

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Node's constants on Linux, which files.js has, too.
const (
	oWrite     = 1
	oReadWrite = 2
	oCreate    = 0o100
	oExclusive = 0o200
	oTruncate  = 0o1000
	oAppend    = 0o2000
	oDirectory = 0o200000
)

func openFlags(node int) int {
	flags := os.O_RDONLY
	for _, f := range []struct{ node, here int }{
		{oWrite, os.O_WRONLY}, {oReadWrite, os.O_RDWR}, {oCreate, os.O_CREATE},
		{oExclusive, os.O_EXCL}, {oTruncate, os.O_TRUNC}, {oAppend, os.O_APPEND},
	} {
		if node&f.node != 0 {
			flags |= f.here
		}
	}
	return flags
}

// codes are Node's names of errors.
var codes = []struct {
	err  error
	name string
}{
	{fs.ErrNotExist, "ENOENT"}, {syscall.ENOTEMPTY, "ENOTEMPTY"}, {fs.ErrExist, "EEXIST"}, {syscall.EPERM, "EPERM"}, {fs.ErrPermission, "EACCES"},
	{fs.ErrClosed, "EBADF"}, {syscall.EBADF, "EBADF"}, {syscall.ENOTDIR, "ENOTDIR"}, {syscall.EISDIR, "EISDIR"},
	{syscall.EINVAL, "EINVAL"}, {syscall.ELOOP, "ELOOP"}, {syscall.ENAMETOOLONG, "ENAMETOOLONG"}, {syscall.EXDEV, "EXDEV"}, {syscall.EROFS, "EROFS"},
	{syscall.ENOSPC, "ENOSPC"}, {syscall.EMFILE, "EMFILE"}, {syscall.EBUSY, "EBUSY"}, {syscall.ENOSYS, "ENOSYS"}, {errors.ErrUnsupported, "ENOSYS"},
}

func codeOf(err error) string {
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return "EIO"
}

// A stat is what Node says of a file. Times are in milliseconds since 1970.
type stat struct {
	Dev     uint64 `json:"dev"`
	Ino     uint64 `json:"ino"`
	Mode    uint32 `json:"mode"`
	Nlink   uint64 `json:"nlink"`
	UID     uint32 `json:"uid"`
	GID     uint32 `json:"gid"`
	Rdev    int    `json:"rdev"`
	Size    int64  `json:"size"`
	Blksize int64  `json:"blksize"`
	Blocks  int64  `json:"blocks"`
	AtimeMs int64  `json:"atimeMs"`
	MtimeMs int64  `json:"mtimeMs"`
	CtimeMs int64  `json:"ctimeMs"`
}

func statOf(info fs.FileInfo, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	ms := info.ModTime().UnixMilli()
	s := stat{
		Mode: modeOf(info.Mode()), Nlink: 1, Size: info.Size(),
		Blksize: 4096, Blocks: (info.Size() + 511) / 512, AtimeMs: ms, MtimeMs: ms, CtimeMs: ms,
	}
	s.identify(info)
	return s, nil
}

// types are POSIX's bits of a mode by those of Go.
var types = []struct {
	here  fs.FileMode
	posix uint32
}{
	{fs.ModeDir, 0o040000}, {fs.ModeSymlink, 0o120000}, {fs.ModeNamedPipe, 0o010000}, {fs.ModeSocket, 0o140000},
	{fs.ModeDevice | fs.ModeCharDevice, 0o020000}, {fs.ModeDevice, 0o060000},
}

func modeOf(m fs.FileMode) uint32 {
	posix := uint32(m.Perm())
	for _, bit := range []struct {
		here  fs.FileMode
		posix uint32
	}{{fs.ModeSetuid, 0o4000}, {fs.ModeSetgid, 0o2000}, {fs.ModeSticky, 0o1000}} {
		if m&bit.here != 0 {
			posix |= bit.posix
		}
	}
	for _, t := range types {
		if m&t.here == t.here {
			return posix | t.posix
		}
	}
	return posix | 0o100000
}
