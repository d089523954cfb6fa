// Package identity turns a bearer token into an actor. Tokens only say who
// somebody is; what they may do comes from the mirrored directory at each
// request, so a person who is disabled or unknown there is refused at once.
package identity

import (
	"context"
	"net/http"
	"strings"

	"parley/domain"
	"parley/domain/access"
)

// Directory knows the people. Actor returns a domain error with
// domain.CodeUnauthenticated for anybody unknown, disabled or removed.
type Directory interface {
	Actor(ctx context.Context, organization string, person domain.Person) (access.Actor, error)
}

// Scheme reads one form of bearer token. It returns who the token names, or an
// error with domain.CodeUnauthenticated; ok is false for a token of another
// form.
type Scheme interface {
	Identify(ctx context.Context, token string) (id Identity, ok bool, err error)
}

// Identity is who a token names.
type Identity struct {
	Organization string
	Person       domain.Person
}

// Bearer authenticates requests by their Authorization header. The first scheme
// that knows the token's form decides.
type Bearer struct {
	Schemes   []Scheme
	Directory Directory
}

// Authenticate returns the actor of a request, or an error with
// domain.CodeUnauthenticated.
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

func bearerToken(r *http.Request) (string, bool) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

func refuse(message string) error {
	return domain.NewError(domain.CodeUnauthenticated, message)
}
