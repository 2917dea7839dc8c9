// Package bearer reads tokens from Authorization headers (RFC 6750 section 2.1).
package bearer

import "strings"

// Token returns the token of an Authorization header, or "" if its scheme isn't Bearer.
func Token(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") { // RFC 9110 section 11.1
		return ""
	}
	return token
}
