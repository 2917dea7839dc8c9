package kafkatest

import (
	"os/exec"
	"syscall"
)

// diesWithParent has the kernel kill cmd when the thread that starts it ends: also when a test
// binary is killed, or ends with a panic.
func diesWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
