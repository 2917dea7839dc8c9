//go:build unix

package jsfiles

import (
	"io/fs"
	"syscall"
)

// identify adds what tells files apart, and whose they are.
func (s *stat) identify(info fs.FileInfo) {
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Dev, s.Ino, s.Nlink, s.UID, s.GID = uint64(system.Dev), uint64(system.Ino), uint64(system.Nlink), system.Uid, system.Gid
	}
}
