package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A process is a browser that runs, with a profile of its own.
type process struct {
	cmd     *exec.Cmd
	profile string
	stderr  lastBytes
	ended   chan error    // gets why it ended
	gone    chan struct{} // closed then
}

// start runs the browser on url.
func (b Browser) start(url string) (*process, error) {
	path, err := b.Find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "kafkaio-browser-")
	if err != nil {
		return nil, err
	}
	p := &process{profile: profile, ended: make(chan error, 1), gone: make(chan struct{})}
	if b.prefs != "" {
		if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(b.prefs), 0o600); err != nil {
			p.removeProfile()
			return nil, err
		}
	}
	p.cmd = exec.Command(path, append(b.args(profile), url)...)
	p.cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	p.cmd.Stderr, p.cmd.WaitDelay = &p.stderr, time.Second
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		p.removeProfile()
		return nil, err
	}
	go func() {
		defer close(p.gone)
		p.cmd.Wait()
		p.ended <- fmt.Errorf("%v\n%s", p.cmd.ProcessState, &p.stderr)
	}()
	return p, nil
}

// stop ends the browser and whatever it started, and removes the profile.
func (p *process) stop() {
	killGroup(p.cmd)
	<-p.gone
	p.removeProfile()
}

// removeProfile removes also the directory of Chromium's socket, to which a link in the profile leads.
func (p *process) removeProfile() {
	if socket, err := os.Readlink(filepath.Join(p.profile, "SingletonSocket")); err == nil {
		dir := filepath.Dir(socket)
		for _, path := range []string{socket, filepath.Join(dir, "SingletonCookie"), dir} {
			os.Remove(path)
		}
	}
	// What was killed may end some milliseconds later than its parent.
	for range 50 {
		if os.RemoveAll(p.profile) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// lastBytes keeps the end of what is written to it, from the beginning of a line.
type lastBytes struct {
	mu   sync.Mutex
	text string
}

func (l *lastBytes) Write(b []byte) (int, error) {
	const most = 4 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text += string(b)
	if over := len(l.text) - most; over > 0 {
		_, l.text, _ = strings.Cut(l.text[over:], "\n")
	}
	return len(b), nil
}

func (l *lastBytes) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text
}
