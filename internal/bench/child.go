package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// The peers of a bridge that is measured alone run in processes of their own: this program, started
// with childArg, a role and its arguments. A child prints a line once it is ready and one for each
// command that it reads. It ends when its standard input does.
const childArg = "child"

// A role gets ready, and says what it has to tell then. Commands go to answer, nil if it takes none.
type role func(args []string) (ready string, answer func(command string) (string, error), err error)

var roles = map[string]role{
	"echo":   echoBrokers,
	"pour":   pouringBrokers,
	"idle":   idleClients,
	"busy":   busyClients,
	"unread": unreadingClient,
}

// runChild plays a role until its standard input ends.
func runChild(args []string) error {
	play := roles[args[0]]
	if play == nil {
		return fmt.Errorf("there is no role %q", args[0])
	}
	line, answer, err := play(args[1:])
	if err != nil {
		return err
	}
	fmt.Println(line)
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		if answer == nil {
			return fmt.Errorf("command %q: none was expected", commands.Text())
		}
		if line, err = answer(commands.Text()); err != nil {
			return err
		}
		fmt.Println(line)
	}
	return commands.Err()
}

// A child is a running role.
type child struct {
	role    string
	ready   string // what it told when it was
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	answers *bufio.Scanner
}

// startChild starts a child and waits until it is ready.
func startChild(role string, args ...string) (*child, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startCommand(role, exec.Command(path, append([]string{childArg, role}, args...)...))
}

// startCommand starts another program that behaves as a child does.
func startCommand(role string, cmd *exec.Cmd) (*child, error) {
	c := &child{role: role, cmd: cmd}
	c.cmd.Stderr = os.Stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.answers = bufio.NewScanner(stdout)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	if c.ready, err = c.line(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// ask sends a command and waits for its answer.
func (c *child) ask(command string) (string, error) {
	if _, err := io.WriteString(c.stdin, command+"\n"); err != nil {
		return "", fmt.Errorf("child %s: %w", c.role, err)
	}
	return c.line()
}

func (c *child) line() (string, error) {
	if !c.answers.Scan() {
		return "", fmt.Errorf("child %s: %w", c.role, errors.Join(io.ErrUnexpectedEOF, c.answers.Err()))
	}
	return c.answers.Text(), nil
}

// stop ends the child at once: what it held open breaks.
func (c *child) stop() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}
