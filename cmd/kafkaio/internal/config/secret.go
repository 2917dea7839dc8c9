package config

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// ReadSecret reads a file with a password. It drops the end of the last line.
func ReadSecret(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case secret == "":
		return "", fmt.Errorf("%s: it is empty, and a secret was expected", name)
	case strings.ContainsAny(secret, "\r\n"):
		return "", fmt.Errorf("%s: it has several lines, and one with the secret was expected", name)
	}
	return secret, nil
}

// SecretWarnings says what is odd about a file with a password that can be read.
func SecretWarnings(name string) (warnings []string) {
	if info, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		warnings = append(warnings, fmt.Sprintf("%s can be read or written by every user of this machine: chmod o-rwx %s", name, name))
	}
	if text, err := ReadSecret(name); err == nil && strings.TrimSpace(text) != text {
		warnings = append(warnings, name+": the secret begins or ends with a space, which is taken as a part of it")
	}
	return warnings
}
