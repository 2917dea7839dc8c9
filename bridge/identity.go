package bridge

import "time"

// An identity returns who a client is now. Its name stays; a new token may change the rest.
type identity = func() Identity

// nobody is the identity of who needs none: the bridge, and clients of a bridge without Authorize.
func nobody() Identity { return Identity{} }

// An Identity is who a client is.
type Identity struct {
	// Name is the user's name, for policies, quotas and logs. Brokers see it before the client_id: it has no /
	// and doesn't begin with "__admin_client", to which brokers give privileges. The bridge refuses any other.
	Name string
	// Groups are those that the user is in.
	Groups []string
	// Expires is when the identity ends. Then the bridge takes no new stream and no new request, and
	// closes the session with 4401 within 30 s, unless the client has renewed its token. Zero: never.
	Expires time.Time
	// Token is what Config.SASL may show to brokers in the user's place. It counts against Config.MaxMemory.
	// Empty: nothing.
	Token Secret
}

// Revoke ends the identities that pick picks, as if they expired now: the bridge takes no new stream and no
// new request of theirs, and closes their sessions with 4401 within 30 s. Call it after a change of what
// Authorize goes by. An answer that Authorize gives for a call from before counts no longer: the bridge
// calls it again.
func (b *Bridge) Revoke(pick func(Identity) bool) {
	b.revocations.Add(1)
	b.mu.Lock()
	open := b.openSessions()
	b.mu.Unlock()
	for _, c := range open {
		c.whose().revoke(pick)
	}
}
