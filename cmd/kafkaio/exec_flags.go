package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"github.com/tetratelabs/wazero"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/wasmhost"
)

// execFlags say what a program may use.
type execFlags struct {
	allow    []string
	allowAll bool
	listen   []string
	bridge   string
	browser  string
	dirs     []string
	env      []string
	memory   config.Size
	timeout  durationValue
}

func (f *execFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.SetInterspersed(false) // what follows the program is the program's
	flags.StringSliceVar(&f.allow, "allow", nil, "let it connect to these addresses, each `host:port`, or udp:host:port for UDP, under these names")
	flags.BoolVar(&f.allowAll, "allow-all", false, "let it connect to everything")
	flags.StringSliceVar(&f.listen, "listen", nil, "let it accept connections at these addresses, each `host:port`, or answer datagrams at udp:host:port; --allow-all lets it at all")
	flags.StringVar(&f.bridge, "bridge", "", "let it connect to what the bridge at this `url` allows, ws:// or wss://")
	flags.StringVar(&f.browser, "browser", "", "run a program for GOOS=js in this `browser`, chromium or firefox; it reaches what --allow has through a bridge at /kafka")
	flags.StringArrayVar(&f.dirs, "dir", nil, "give it a directory of this machine, `host:guest`: its path here, and the one that the program sees")
	flags.StringArrayVar(&f.env, "env", nil, "set a variable, `K=V`, or pass on the one of this name, K")
	flags.TextVar(&f.memory, "memory", config.Size(0), "stop it with out of memory beyond this `size`, such as 512MiB; 0 is WebAssembly's own limit, 4GiB")
	flags.Var(&f.timeout, "timeout", "stop it after this `duration`, such as 10m; 0s is never")
}

// config returns what the program may use. A test that go test runs also gets the files and the environment of a
// native one.
func (f *execFlags) config(isTest bool) (wasmhost.Config, error) {
	c := wasmhost.Config{MaxMemory: int64(f.memory)}
	if err := f.network(&c); err != nil {
		return c, err
	}
	if err := f.files(&c, isTest); err != nil {
		return c, err
	}
	inherited, given, err := f.environment(isTest)
	c.Env = append(inherited, given...)
	return c, err
}

// network sets how the program connects.
func (f *execFlags) network(c *wasmhost.Config) (err error) {
	given := 0
	for _, isGiven := range []bool{len(f.allow) > 0, f.allowAll, f.bridge != ""} {
		if isGiven {
			given++
		}
	}
	if given > 1 {
		return errors.New("--allow, --allow-all and --bridge exclude each other: give one of them")
	}
	switch {
	case f.allowAll:
		c.Dial = new(net.Dialer).DialContext
		c.Listen, c.ListenPacket = new(net.ListenConfig).Listen, new(net.ListenConfig).ListenPacket
	case f.bridge != "":
		c.Dial = wasmhost.Bridge(f.bridge)
	default:
		if c.Dial, err = wasmhost.AllowList(f.allow...); err != nil {
			return fmt.Errorf("--allow: %w", err)
		}
		c.Dial = explainDenied("--allow", c.Dial)
	}
	if c.Listen == nil {
		if c.Listen, c.ListenPacket, err = wasmhost.AllowListen(f.listen...); err != nil {
			return fmt.Errorf("--listen: %w", err)
		}
		c.Listen, c.ListenPacket = explainDenied("--listen", c.Listen), explainDenied("--listen", c.ListenPacket)
	}
	return nil
}

// files sets the directories that the program sees.
func (f *execFlags) files(c *wasmhost.Config, isTest bool) error {
	mounts := wazero.NewFSConfig()
	for _, text := range f.dirs {
		host, guest, ok := cutLast(text, ":")
		if !ok || host == "" || !strings.HasPrefix(guest, "/") {
			return fmt.Errorf("--dir %s: host:guest was expected, where guest begins with a slash, such as .:/data", text)
		}
		if info, err := os.Stat(host); err != nil {
			return badFile("--dir: %w", err)
		} else if !info.IsDir() {
			return badFile("--dir: %s is no directory", host)
		}
		mounts = mounts.WithDirMount(host, guest)
	}
	if isTest && len(f.dirs) == 0 {
		mounts = mounts.WithDirMount(string(filepath.Separator), "/")
	}
	c.FS = mounts
	return nil
}

// cutLast cuts text around the last sep: a path of Windows has colons of its own.
func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}
