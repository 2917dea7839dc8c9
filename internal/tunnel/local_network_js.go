package tunnel

import (
	"strings"
	"syscall/js"
	"time"
)

// permissionTime bounds the question for a permission, which a browser answers by itself.
const permissionTime = time.Second

// localNetworkHint says that the browser may have kept the page from the bridge; empty: it hasn't. Browsers let a site
// connect to its user's machine and networks if the user does (https://wicg.github.io/local-network-access/). They tell
// programs nothing of a connection that they refuse.
func localNetworkHint() string {
	if permission("loopback-network") == "denied" || permission("local-network") == "denied" {
		return " The browser denies this site connections to local networks: allow them in the site's settings, if the bridge is in one."
	}
	return ""
}

// permission returns the state of a permission: "granted", "denied" or "prompt"; empty: the browser doesn't know it.
func permission(name string) string {
	navigator := js.Global().Get("navigator")
	if !navigator.Truthy() { // Node before 21
		return ""
	}
	permissions := navigator.Get("permissions")
	if !permissions.Truthy() { // the page isn't from https:, say
		return ""
	}
	states := make(chan string, 1)
	settle := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if state := args[0].Get("state"); state.Type() == js.TypeString { // else it is an error
			states <- state.String()
		} else {
			states <- ""
		}
		return nil
	})
	permissions.Call("query", map[string]any{"name": name}).Call("then", settle, settle)
	select {
	case state := <-states:
		settle.Release()
		return state
	case <-time.After(permissionTime):
		return "" // settle stays: it may still be called
	}
}

// mixedContentHint explains why a browser won't have a URL, as far as it isn't plain.
func mixedContentHint(bridge string) string {
	origin := js.Global().Get("origin")
	if origin.Type() == js.TypeString && strings.HasPrefix(origin.String(), "https:") && strings.HasPrefix(bridge, "ws:") {
		return " A page from https: needs a bridge at wss:."
	}
	return ""
}
