package identity

import (
	"context"

	"parley/domain"
	"parley/domain/access"
)

// Directory knows the people. Actor returns a domain error with
// domain.CodeUnauthenticated for anybody unknown, disabled or removed.
type Directory interface {
	Actor(ctx context.Context, organization string, person domain.Person) (access.Actor, error)
}

// Identity is who a token or a session names.
type Identity struct {
	Organization string
	Person       domain.Person
}

func refuse(message string) error {
	return domain.NewError(domain.CodeUnauthenticated, message)
}
