package ping

import (
	"regexp"
	"strings"
)

// containerID matches the host name that Docker and others give to a container without one.
var containerID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// nameHint says where an unknown name may come from, as a sentence that begins with a space. It returns ""
// for names without a known pattern.
func nameHint(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case containerID.MatchString(host):
		return " A name like this is the id of a container, which a broker advertises where advertised.listeners isn't set."
	case strings.HasSuffix(host, ".svc"), strings.Contains(host, ".svc."), strings.HasSuffix(host, ".cluster.local"):
		return " Names like this are known inside of their Kubernetes cluster only."
	case strings.HasSuffix(host, "docker.internal"):
		return " Docker has that name for the machine that containers run on, and only containers know it."
	case strings.HasSuffix(host, ".internal"):
		return " Names like this are known inside of a cloud's private network only."
	case !strings.Contains(host, "."):
		return " A name without a dot is often that of a container, which is known in its own network only."
	}
	return ""
}
