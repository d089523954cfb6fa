package identity_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"parley/adapters/identity"
	"parley/domain"
	"parley/domain/access"
)

// people is a directory that knows one person of each kind.
type people map[identity.Identity]bool

func (p people) Actor(_ context.Context, organization string, person domain.Person) (access.Actor, error) {
	if !p[identity.Identity{Organization: organization, Person: person}] {
		return access.Actor{}, domain.NewError(domain.CodeUnauthenticated, "unknown")
	}
	return access.Actor{Person: person, Organization: organization}, nil
}

var known = people{
	{Organization: "acme", Person: domain.User("anna")}:         true,
	{Organization: "acme", Person: domain.CustomerUser("bert")}: true,
}

func TestDemo_tokens_name_mirrored_people_of_the_right_kind(t *testing.T) {
	t.Parallel()
	b := identity.Bearer{Schemes: []identity.Scheme{identity.Demo{Organization: "acme"}}, Directory: known}
	for header, want := range map[string]string{
		"Bearer demo:user:anna":                 "user:anna",
		"bearer demo:customer_user:bert":        "customer_user:bert",
		"Bearer demo:user:bert":                 "",
		"Bearer demo:customer_user:anna":        "",
		"Bearer demo:system:system":             "",
		"Bearer demo:user:":                     "",
		"Bearer demo":                           "",
		"Bearer other":                          "",
		"Basic demo:user:anna":                  "",
		"":                                      "",
		"Bearer demo:user:anna\x00":             "",
		"Bearer demo:user:anna, Bearer another": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		actor, err := b.Authenticate(r)
		switch {
		case want == "" && domain.CodeOf(err) != domain.CodeUnauthenticated:
			t.Errorf("%q: got %v, %v, want a refusal", header, actor.Person, err)
		case want != "" && (err != nil || actor.Person.String() != want):
			t.Errorf("%q: got %v, %v, want %s", header, actor.Person, err, want)
		}
	}
}

func TestDemo_tokens_are_refused_where_the_scheme_is_not_on(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer demo:user:anna")
	if _, err := (identity.Bearer{Directory: known}).Authenticate(r); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Fatalf("got %v", err)
	}
}

func TestJWT_accepts_only_what_the_configured_key_signed_for_us(t *testing.T) {
	t.Parallel()
	key, stranger := newKey(t), newKey(t)
	scheme, err := identity.NewJWT(identity.JWTConfig{KeyFile: writeKey(t, key), Issuer: "https://id.example", Audience: "parley"})
	if err != nil {
		t.Fatal(err)
	}
	b := identity.Bearer{Schemes: []identity.Scheme{scheme}, Directory: known}
	good := func() map[string]any {
		return map[string]any{
			"iss": "https://id.example", "aud": "parley", "sub": "anna", "kind": "user",
			"organization": "acme", "exp": time.Now().Add(time.Hour).Unix(),
		}
	}
	with := func(claim string, value any) map[string]any { c := good(); c[claim] = value; return c }
	for _, c := range []struct {
		name   string
		token  string
		accept bool
	}{
		{"a good token", sign(t, key, jose.ES256, good()), true},
		{"another issuer", sign(t, key, jose.ES256, with("iss", "https://evil.example")), false},
		{"another audience", sign(t, key, jose.ES256, with("aud", "other")), false},
		{"an expired token", sign(t, key, jose.ES256, with("exp", time.Now().Add(-time.Hour).Unix())), false},
		{"a stranger's signature", sign(t, stranger, jose.ES256, good()), false},
		{"the public key used as a secret", sign(t, publicPEM(t, key), jose.HS256, good()), false},
		{"no signature at all", "eyJhbGciOiJub25lIn0.e30.", false},
		{"a person of the other kind", sign(t, key, jose.ES256, with("kind", "customer_user")), false},
		{"the system", sign(t, key, jose.ES256, with("kind", "system")), false},
		{"another organization", sign(t, key, jose.ES256, with("organization", "globex")), false},
		{"a demo token", "demo:user:anna", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer "+c.token)
			_, err := b.Authenticate(r)
			if c.accept && err != nil || !c.accept && domain.CodeOf(err) != domain.CodeUnauthenticated {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestNewJWT_says_what_is_wrong_with_its_settings(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.pem")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]identity.JWTConfig{
		"no issuer":    {KeyFile: file, Audience: "a"},
		"no audience":  {KeyFile: file, Issuer: "i"},
		"missing file": {KeyFile: file + "x", Issuer: "i", Audience: "a"},
		"no key in it": {KeyFile: file, Issuer: "i", Audience: "a"},
	} {
		if _, err := identity.NewJWT(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicPEM(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func writeKey(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys.pem")
	if err := os.WriteFile(file, publicPEM(t, key), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func sign(t *testing.T, key any, alg jose.SignatureAlgorithm, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
