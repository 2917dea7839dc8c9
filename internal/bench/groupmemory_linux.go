package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// groupMemory returns the memory of all processes of a group in bytes. What several share counts once.
func groupMemory(group int) (total int64, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, stat := range stats {
		b, err := os.ReadFile(stat)
		if err != nil || groupOf(b) != group {
			continue // it has ended, or is another's
		}
		n, err := proportionalSize(filepath.Dir(stat))
		if err != nil {
			return 0, err
		}
		total += n
	}
	if total == 0 {
		return 0, fmt.Errorf("there is no process in the group %d", group)
	}
	return total, nil
}

// groupOf returns the group of a process: the third field after its name, which is in parentheses.
func groupOf(stat []byte) int {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 {
		return 0
	}
	group, _ := strconv.Atoi(string(fields[2]))
	return group
}

// proportionalSize returns a process's size, of shared pages its part; 0 once it has ended.
func proportionalSize(dir string) (int64, error) {
	text, err := os.ReadFile(dir + "/smaps_rollup")
	if err != nil {
		return 0, ignoreEnded(err)
	}
	for line := range strings.Lines(string(text)) {
		if size, ok := strings.CutPrefix(line, "Pss:"); ok {
			kibibytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
			return kibibytes << 10, err
		}
	}
	return 0, errors.New(dir + "/smaps_rollup has no line Pss")
}

// ignoreEnded returns nil for what reading the memory of a process fails with that has just ended.
func ignoreEnded(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
