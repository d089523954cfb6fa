package identity

import (
	"context"
	"strings"

	"parley/domain"
)

// Demo accepts demo:<kind>:<id> as any mirrored person of one organization. It
// proves nothing and belongs on a loopback listener only.
type Demo struct{ Organization string }

// Identify implements Scheme.
func (d Demo) Identify(_ context.Context, token string) (Identity, bool, error) {
	rest, ok := strings.CutPrefix(token, "demo:")
	if !ok {
		return Identity{}, false, nil
	}
	kind, id, _ := strings.Cut(rest, ":")
	person := domain.Person{Kind: domain.Kind(kind), ID: id}
	if !person.Kind.IsPerson() || domain.CheckID(id) != "" {
		return Identity{}, true, refuse("The demo token must read demo:user:<id> or demo:customer_user:<id>.")
	}
	return Identity{Organization: d.Organization, Person: person}, true, nil
}
