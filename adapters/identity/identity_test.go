package identity_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

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

func TestReadStaticKeys_says_what_is_wrong_with_the_file(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"no key in it":  []byte("nothing"),
		"no public key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}),
		"a short key":   publicPEM(t, small.Public()),
	} {
		if _, err := identity.ReadStaticKeys(written(t, content)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := identity.ReadStaticKeys(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing file: accepted")
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicPEM(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func written(t testing.TB, content []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "keys.pem")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// staticKeys returns keys that are read from a file.
func staticKeys(t testing.TB, keys ...crypto.PublicKey) *identity.StaticKeys {
	t.Helper()
	var content []byte
	for _, key := range keys {
		content = append(content, publicPEM(t, key)...)
	}
	read, err := identity.ReadStaticKeys(written(t, content))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// bearer returns who a token names, as a request shows it.
func bearer(t *testing.T, b identity.Bearer, token string) (string, error) {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	actor, err := b.Authenticate(r)
	return actor.Person.String(), err
}
