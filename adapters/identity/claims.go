package identity

import (
	"bytes"
	"encoding/json"
	"strings"

	"parley/domain"
)

// Claims names the claims of a token that say who a person is. A name with dots
// leads into nested objects (realm.org.id), unless a claim is called by the whole
// of it.
type Claims struct {
	Person, Kind, Organization string
	// Fixed is the organization of everybody, whatever tokens say; for providers
	// that know of none.
	Fixed string
}

// DefaultClaims are the names where the configuration says no others.
var DefaultClaims = Claims{Person: "sub", Kind: "kind", Organization: "organization"}

// identity returns whom a token's payload names.
func (c Claims) identity(payload []byte) (Identity, error) {
	claims := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		return Identity{}, refuse("The token's claims cannot be read; sign in again.")
	}
	id := Identity{
		Organization: c.Fixed,
		Person:       domain.Person{Kind: domain.Kind(text(claims, c.Kind)), ID: text(claims, c.Person)},
	}
	if c.Fixed == "" {
		id.Organization = text(claims, c.Organization)
	}
	if !id.Person.Kind.IsPerson() || domain.CheckID(id.Person.ID) != "" || domain.CheckID(id.Organization) != "" {
		return Identity{}, refuse("The token does not name a person: it needs an id, a kind (user or customer_user) and an organization.")
	}
	return id, nil
}

// text returns a claim that is a string or a whole number, else "".
func text(claims map[string]any, name string) string {
	switch value := lookUp(claims, name).(type) {
	case string:
		return value
	case json.Number:
		if !strings.ContainsAny(value.String(), ".eE-") {
			return value.String()
		}
	}
	return ""
}

// lookUp returns the claim of that name, or what the longest beginning of it up
// to a dot leads to.
func lookUp(claims map[string]any, name string) any {
	if value, ok := claims[name]; ok {
		return value
	}
	for end := strings.LastIndexByte(name, '.'); end >= 0; end = strings.LastIndexByte(name[:end], '.') {
		if nested, ok := claims[name[:end]].(map[string]any); ok {
			if value := lookUp(nested, name[end+1:]); value != nil {
				return value
			}
		}
	}
	return nil
}
