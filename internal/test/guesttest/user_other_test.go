//go:build !unix

package guesttest

import (
	"os/exec"
	"testing"
)

// asOrdinaryUser does nothing where no user is root.
func asOrdinaryUser(*testing.T, *exec.Cmd, string) {}
