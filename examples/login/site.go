package main

import (
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"maps"
	"net/http"
	"sync"
	"time"
)

// A site knows its users by a cookie. It stands for the server that you have.
type site struct {
	password  string            // of the one user
	loggedOut func(user string) // tells the bridge

	mu       sync.Mutex
	sessions map[string]session // by the values of their cookies
}

type session struct {
	user    string
	expires time.Time
}

const (
	cookieName = "session"
	pagePath   = "/brokers"
)

//go:embed page.html
var page []byte

func (s *site) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET "+pagePath, func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })
	mux.HandleFunc("POST /login", s.logIn)
	mux.HandleFunc("POST /logout", s.logOut)
}

// session returns the session of a request.
func (s *site) session(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[cookie.Value]
	return found, ok && time.Now().Before(found.expires)
}

func (s *site) logIn(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.PostFormValue("password")), []byte(s.password)) != 1 {
		http.Error(w, "wrong password", http.StatusUnauthorized)
		return
	}
	key, now := rand.Text(), time.Now()
	begun := session{user: "analyst", expires: now.Add(8 * time.Hour)}
	s.mu.Lock()
	maps.DeleteFunc(s.sessions, func(_ string, old session) bool { return now.After(old.expires) })
	s.sessions[key] = begun
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: key, Path: "/", Expires: begun.expires,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
	http.Redirect(w, r, pagePath, http.StatusSeeOther)
}

func (s *site) logOut(w http.ResponseWriter, r *http.Request) {
	if ended, ok := s.session(r); ok {
		cookie, _ := r.Cookie(cookieName) // there is one, which session has read
		s.mu.Lock()
		delete(s.sessions, cookie.Value)
		s.mu.Unlock()
		s.loggedOut(ended.user)
	}
	http.Redirect(w, r, pagePath, http.StatusSeeOther)
}
