package bridge

import "time"

// An Identity is who a client is.
type Identity struct {
	// Name is the user's name, for policies, quotas and logs.
	Name string
	// Groups are those that the user is in.
	Groups []string
	// Expires is when the identity ends. Then the bridge takes no new stream and no new request, and
	// closes the session with 4401 within 30 s, unless the client has renewed its token. Zero: never.
	Expires time.Time
}
