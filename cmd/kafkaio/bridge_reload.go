package main

import (
	"context"
	"crypto/sha256"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// watch reloads the configuration when a signal comes, and when the content of its file, or of the file with
// the issuer's keys, changes.
func (s *bridgeServer) watch(ctx context.Context, flags *bridgeFlags, hangups <-chan os.Signal, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := s.contents(flags.file)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			last = s.contents(flags.file)
		case <-tick.C:
			now := s.contents(flags.file)
			if now == last {
				continue
			}
			last = now
		}
		s.reload(ctx, flags)
	}
}

// contents is a hash of the files that a reload reads. A file that can't be read counts as empty.
func (s *bridgeServer) contents(file string) [sha256.Size]byte {
	text, _ := os.ReadFile(file)
	if j := s.state.Load().file.Auth.JWT; j != nil && !strings.Contains(j.JWKS, "://") {
		keys, _ := os.ReadFile(j.JWKS)
		hash := sha256.Sum256(keys)
		text = append(text, hash[:]...)
	}
	return sha256.Sum256(text)
}

// reload takes over what can change while the bridge serves. A configuration with a mistake changes nothing.
func (s *bridgeServer) reload(ctx context.Context, flags *bridgeFlags) {
	source, err := flags.load(os.Environ())
	if err != nil {
		s.log.Error("the new configuration can't be used; the old one stays", "error", err)
		return
	}
	old, f := s.state.Load(), source.File
	restart := changedKeys(old.file, f)
	if old.file.Auth.Any() != f.Auth.Any() {
		restart = append(restart, "auth, which was added or removed")
		f.Auth = old.file.Auth
	}
	if (len(old.file.Policies) > 0) != (len(f.Policies) > 0) {
		restart = append(restart, "policies, which were added or removed")
		f.Policies = old.file.Policies
	}
	if len(restart) > 0 {
		s.log.Warn("these changes need a restart", "keys", strings.Join(restart, ", "))
	}
	// What needs a restart stays as it is served.
	kept := old.file
	kept.Auth, kept.Policies = f.Auth, f.Policies
	state, err := s.newState(ctx, kept)
	if err != nil {
		s.log.Error("the new configuration can't be used; the old one stays", "error", err)
		return
	}
	if !reflect.DeepEqual(old.file.Policies, kept.Policies) {
		if err := s.setPolicies(kept.PolicyList()); err != nil {
			state.auth.Close()
			s.log.Error("the new policies can't be used; the old configuration stays", "error", err)
			return
		}
	}
	s.state.Store(state)
	old.auth.Close()
	if !reflect.DeepEqual(old.file.Auth, kept.Auth) {
		// Which token a session came with isn't known here, so all show theirs again.
		for _, cluster := range s.clusters {
			cluster.bridge.Revoke(func(bridge.Identity) bool { return true })
		}
	}
	if len(restart) > 0 {
		s.log.Info("the rest of the configuration was reloaded", "file", flags.file)
	} else {
		s.log.Info("configuration reloaded", "file", flags.file)
	}
}

func (s *bridgeServer) setPolicies(policies []bridge.Policy) error {
	for _, cluster := range s.clusters {
		if err := cluster.bridge.SetPolicies(policies); err != nil {
			return err
		}
	}
	return nil
}

// changedKeys are the keys that differ and that a reload doesn't take over.
func changedKeys(old, new config.File) (keys []string) {
	o, n := reflect.ValueOf(old), reflect.ValueOf(new)
	for field, value := range o.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch name {
		case "auth", "policies":
			continue
		}
		if !reflect.DeepEqual(value.Interface(), n.FieldByName(field.Name).Interface()) {
			keys = append(keys, name)
		}
	}
	return keys
}
