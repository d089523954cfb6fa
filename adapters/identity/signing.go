package identity

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

const (
	// maxReturnTo is the length of the longest path to return to: a cookie holds
	// 4 KiB.
	maxReturnTo = 1024
	// signInLimit is how long a person may take at the provider.
	signInLimit = 10 * time.Minute
)

// signing is a sign-in under way, as the browser keeps it. The cookie need not be
// secret from the browser nor sealed: whoever can set it there could as well
// begin a sign-in of their own there, and state and nonce still tie the
// provider's answer to this one browser.
type signing struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	ReturnTo string `json:"return_to"`
}

// cookie is what the browser keeps; of the zero value, one that forgets it.
func (s signing) cookie(secure bool) *http.Cookie {
	c := &http.Cookie{
		Name: cookieName(secure, "login"), Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(signInLimit.Seconds()),
	}
	if s == (signing{}) {
		c.MaxAge = -1
		return c
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // four strings
	}
	c.Value = base64.RawURLEncoding.EncodeToString(text)
	return c
}

// signingOf returns the sign-in that a browser has begun.
func signingOf(r *http.Request, secure bool) (s signing, ok bool) {
	c, err := r.Cookie(cookieName(secure, "login"))
	if err != nil {
		return s, false
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return s, false
	}
	return s, s.State != "" && s.Nonce != "" && s.Verifier != ""
}
