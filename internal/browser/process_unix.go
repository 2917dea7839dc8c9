//go:build unix

package browser

import (
	"os/exec"
	"syscall"
)

// ownGroup has a browser and the processes that it starts be a group that can be ended as one.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
