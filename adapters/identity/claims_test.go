package identity_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"

	"parley/adapters/identity"
	"parley/domain"
)

func TestClaims_map_by_configuration(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	keys := staticKeys(t, key.Public())
	nested := map[string]any{"person": map[string]any{"id": "anna", "kind": "user"}, "org.name": "acme", "id": 7}
	for name, c := range map[string]struct {
		names  identity.Claims
		claims map[string]any
		want   string
	}{
		"the usual names":            {identity.DefaultClaims, claims(), "user:anna"},
		"other names":                {identity.Claims{Person: "employee", Kind: "type", Organization: "tenant"}, claims("employee", "bert", "type", "customer_user", "tenant", "acme", "sub", "x"), "customer_user:bert"},
		"nested names":               {identity.Claims{Person: "realm.person.id", Kind: "realm.person.kind", Organization: "realm.org.name"}, claims("realm", nested, "sub", nil), "user:anna"},
		"a name with dots in it":     {identity.Claims{Person: "sub", Kind: "kind", Organization: "https://acme.example/org"}, claims("https://acme.example/org", "acme"), "user:anna"},
		"a fixed organization":       {identity.Claims{Person: "sub", Kind: "kind", Organization: "organization", Fixed: "acme"}, claims("organization", "globex"), "user:anna"},
		"a fixed one that is wrong":  {identity.Claims{Person: "sub", Kind: "kind", Fixed: "globex"}, claims(), ""},
		"a number as id":             {identity.Claims{Person: "number", Kind: "kind", Organization: "organization"}, claims("number", 9007199254740993), "user:9007199254740993"},
		"a fraction as id":           {identity.Claims{Person: "number", Kind: "kind", Organization: "organization"}, claims("number", 1.5), ""},
		"names that lead to nothing": {identity.Claims{Person: "sub.id", Kind: "kind", Organization: "organization"}, claims(), ""},
		"nothing of the usual names": {identity.Claims{Person: "employee", Kind: "kind", Organization: "organization"}, claims(), ""},
	} {
		people := people{
			{Organization: "acme", Person: domain.User("anna")}: true, {Organization: "acme", Person: domain.CustomerUser("bert")}: true,
			{Organization: "acme", Person: domain.User("9007199254740993")}: true,
		}
		b := identity.Bearer{Directory: people, Schemes: []identity.Scheme{identity.Tokens{
			Issuers: []identity.Issuer{{Name: issuer, Audience: audience, Keys: keys}}, Claims: c.names,
		}}}
		who, err := bearer(t, b, sign(t, key, jose.ES256, c.claims))
		if c.want == "" && err == nil || c.want != "" && (err != nil || who != c.want) {
			t.Errorf("%s: got %s, %v, want %q", name, who, err, c.want)
		}
	}
}
