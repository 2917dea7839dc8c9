package kafkatest

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// shutdownTimeout bounds how long a broker that is asked to end may take to hand over its
// partitions; then it is killed.
const shutdownTimeout = 30 * time.Second

// A process is a Java virtual machine.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when cmd.ProcessState tells how
}

// shortLived are java's options for what lives for seconds: compiling it well, and collecting its
// garbage in parallel, take more processor time than they save. A broker is up a third sooner.
var shortLived = []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}

// An installation is Apache Kafka for the java of this machine.
type installation struct {
	jars    string // their directory
	classes string // the archive's file; empty: none
}

// install returns the installation, which it completes first.
func install() (i installation, err error) {
	if i.jars, err = jars(); err != nil {
		return i, err
	}
	i.classes, err = archive(i.jars)
	return i, err
}

// start runs java; output is appended to the file logName.
func (i installation) start(logName string, args ...string) (*process, error) {
	log, err := os.OpenFile(logName, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	options := slices.Concat(shortLived, []string{"-cp", i.jars + "/*"})
	if i.classes != "" {
		options = append(options, "-XX:SharedArchiveFile="+i.classes)
	}
	p := &process{
		cmd:   exec.Command("java", append(options, args...)...),
		ended: make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	diesWithParent(p.cmd)
	started := make(chan error)
	go func() {
		defer log.Close()
		// What diesWithParent asks for is bound to the thread, which has to last as long as the process.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.cmd.Wait()
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// shutdown asks the process to end, and waits until it has. After the timeout it is killed.
func (p *process) shutdown(timeout time.Duration) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.kill()
		return
	}
	late := time.AfterFunc(timeout, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	<-p.ended
}

// kill ends the process at once, and waits until it has.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}
