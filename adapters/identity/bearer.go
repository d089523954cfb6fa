package identity

import (
	"context"
	"net/http"
	"strings"

	"parley/domain/access"
)

// Scheme reads one form of bearer token. It returns who the token names, or an
// error with domain.CodeUnauthenticated, or with domain.CodeUnavailable when
// that cannot be found out now; ok is false for a token of another form.
type Scheme interface {
	Identify(ctx context.Context, token string) (id Identity, ok bool, err error)
}

// Bearer authenticates requests by their Authorization header. The first scheme
// that knows the token's form decides.
type Bearer struct {
	Schemes   []Scheme
	Directory Directory
}

// Authenticate returns the actor of a request, or an error with
// domain.CodeUnauthenticated or domain.CodeUnavailable.
func (b Bearer) Authenticate(r *http.Request) (access.Actor, error) {
	token, ok := bearerToken(r)
	if !ok {
		return access.Actor{}, refuse("Sign in: send an Authorization header with a bearer token.")
	}
	for _, s := range b.Schemes {
		id, known, err := s.Identify(r.Context(), token)
		if err != nil {
			return access.Actor{}, err
		}
		if known {
			return b.Directory.Actor(r.Context(), id.Organization, id.Person)
		}
	}
	return access.Actor{}, refuse("The token is not one that this server accepts; sign in again.")
}

// Again is [Bearer.Authenticate]: a token does not change with use.
func (b Bearer) Again(r *http.Request) (access.Actor, error) { return b.Authenticate(r) }

func bearerToken(r *http.Request) (string, bool) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}
