package identity_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"parley/adapters/identity"
	"parley/domain"
)

const (
	issuer   = "https://id.example"
	audience = "parley"
)

// claims are those of a good token, changed by pairs of name and value; a nil
// value leaves one out.
func claims(changes ...any) map[string]any {
	c := map[string]any{
		"iss": issuer, "aud": audience, "sub": "anna", "kind": "user",
		"organization": "acme", "exp": in(time.Hour), "iat": in(0), "nbf": in(0),
	}
	for i := 0; i+1 < len(changes); i += 2 {
		c[changes[i].(string)] = changes[i+1]
	}
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

// sign returns a token. Headers are pairs.
func sign(t testing.TB, key any, alg jose.SignatureAlgorithm, content any, headers ...any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for i := 0; i+1 < len(headers); i += 2 {
		options = options.WithHeader(jose.HeaderKey(headers[i].(string)), headers[i+1])
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(content)
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

// byHand returns a token with any header and signature.
func byHand(header string, content map[string]any, signature string) string {
	payload, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode(payload) + "." + signature
}

// keyring is the keys of the vectors: the issuer's of every kind, and another's.
type keyring struct {
	ec, other *ecdsa.PrivateKey
	rsa       *rsa.PrivateKey
	ed        ed25519.PrivateKey
	p384      *ecdsa.PrivateKey
}

func newKeyring(t testing.TB) keyring {
	t.Helper()
	k := keyring{ec: newKey(t), other: newKey(t)}
	var err error
	if k.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if _, k.ed, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if k.p384, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k keyring) public() []crypto.PublicKey {
	return []crypto.PublicKey{k.ec.Public(), k.rsa.Public(), k.ed.Public(), k.p384.Public()}
}

// vector is a token and whether it is believed.
type vector struct {
	name, token string
	believed    bool
}

func TestTokens_are_believed_only_when_the_issuer_signed_them_for_us_and_now(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	var fetched atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	t.Cleanup(elsewhere.Close)
	b := identity.Bearer{Directory: known, Schemes: []identity.Scheme{identity.Tokens{
		Issuers: []identity.Issuer{{Name: issuer, Audience: audience, Keys: staticKeys(t, k.public()...)}},
		Claims:  identity.DefaultClaims,
	}}}
	for _, vectors := range [][]vector{k.signatures(t, elsewhere.URL), k.headers(t), k.contents(t), k.times(t)} {
		for _, v := range slices.Concat(vectors, vectors) { // the second time, what was proved is known
			who, err := bearer(t, b, v.token)
			switch {
			case v.believed && (err != nil || who != "user:anna"):
				t.Errorf("%s: got %s, %v, want user:anna", v.name, who, err)
			case !v.believed && domain.CodeOf(err) != domain.CodeUnauthenticated:
				t.Errorf("%s: got %s, %v, want a refusal", v.name, who, err)
			}
		}
	}
	if n := fetched.Load(); n != 0 {
		t.Errorf("%d keys were fetched from where tokens say", n)
	}
}

func TestTokens_are_not_believed_for_their_likeness_to_one_that_was(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	b := identity.Bearer{Directory: known, Schemes: []identity.Scheme{identity.Tokens{
		Issuers: []identity.Issuer{{Name: issuer, Audience: audience, Keys: staticKeys(t, k.ec.Public())}},
		Claims:  identity.DefaultClaims,
	}}}
	good := sign(t, k.ec, jose.ES256, claims())
	wants(t, b, good, "", "a good token")
	parts := strings.Split(good, ".")
	other, err := json.Marshal(claims("sub", "bert"))
	if err != nil {
		t.Fatal(err)
	}
	wants(t, b, parts[0]+"."+base64.RawURLEncoding.EncodeToString(other)+"."+parts[2], domain.CodeUnauthenticated, "another content under its signature")
	wants(t, b, parts[0]+"."+parts[1]+"."+parts[2][:80], domain.CodeUnauthenticated, "its content under a part of its signature")
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg": "ES256"}`))
	wants(t, b, header+"."+parts[1]+"."+parts[2], domain.CodeUnauthenticated, "its header in another form")
	wants(t, b, good, "", "the good token again")
}

func BenchmarkTokens(b *testing.B) {
	k := newKeyring(b)
	for name, token := range map[jose.SignatureAlgorithm]string{
		jose.ES256: sign(b, k.ec, jose.ES256, claims()), jose.RS256: sign(b, k.rsa, jose.RS256, claims()), jose.EdDSA: sign(b, k.ed, jose.EdDSA, claims()),
	} {
		b.Run(string(name), func(b *testing.B) {
			tokens := identity.Tokens{
				Issuers: []identity.Issuer{{Name: issuer, Audience: audience, Keys: staticKeys(b, k.public()...)}},
				Claims:  identity.DefaultClaims,
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := tokens.Identify(b.Context(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// signatures are tokens that differ in who signed them, and how.
func (k keyring) signatures(t *testing.T, elsewhere string) []vector {
	public := publicPEM(t, k.rsa.Public())
	good := sign(t, k.ec, jose.ES256, claims())
	parts := strings.Split(good, ".")
	other := strings.Split(sign(t, k.ec, jose.ES256, claims("sub", "admin")), ".")
	embedded := jose.JSONWebKey{Key: k.other.Public(), KeyID: "mine", Algorithm: "ES256"}
	return []vector{
		{"ES256", good, true},
		{"RS256", sign(t, k.rsa, jose.RS256, claims()), true},
		{"PS256", sign(t, k.rsa, jose.PS256, claims()), true},
		{"EdDSA", sign(t, k.ed, jose.EdDSA, claims()), true},
		{"an algorithm that is not on the list", sign(t, k.rsa, jose.RS512, claims()), false},
		{"another curve", sign(t, k.p384, jose.ES384, claims()), false},
		{"a stranger's signature", sign(t, k.other, jose.ES256, claims()), false},
		{"the public key's file used as a secret", sign(t, public, jose.HS256, claims()), false},
		{"the public key used as a secret", sign(t, k.rsa.N.Bytes(), jose.HS256, claims()), false},
		{"alg none", byHand(`{"alg":"none"}`, claims(), ""), false},
		{"alg None", byHand(`{"alg":"None"}`, claims(), ""), false},
		{"alg none with a signature", byHand(`{"alg":"none"}`, claims(), parts[2]), false},
		{"no alg", byHand(`{}`, claims(), parts[2]), false},
		{"another alg over a good signature", byHand(`{"alg":"RS256"}`, claims(), parts[2]), false},
		{"no signature", parts[0] + "." + parts[1] + ".", false},
		{"a signature of zeros", parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)), false},
		{"another's content under a good signature", parts[0] + "." + other[1] + "." + parts[2], false},
		{"two parts", parts[0] + "." + parts[1], false},
		{"five parts", good + ".a.b", false},
		{"the JSON form", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, false},
		{"nothing", ".", false},
		{"something endless", strings.Repeat("a", 60_000), false},
		{"a key in its header", sign(t, k.other, jose.ES256, claims(), "jwk", embedded), false},
		{"the address of a key", sign(t, k.other, jose.ES256, claims(), "jku", elsewhere), false},
		{"the address of a key beside a good signature", sign(t, k.ec, jose.ES256, claims(), "jku", elsewhere), true},
		{"a certificate in its header", sign(t, k.other, jose.ES256, claims(), "x5c", []string{base64.StdEncoding.EncodeToString(public)}), false},
		{"the address of a certificate", sign(t, k.other, jose.ES256, claims(), "x5u", elsewhere), false},
		{"a key id that is a path", sign(t, []byte("0123456789abcdef0123456789abcdef"), jose.HS256, claims(), "kid", "../../../dev/null"), false},
		{"a demo token", "demo:user:anna", false},
	}
}

// headers are tokens that differ in what they are for.
func (k keyring) headers(t *testing.T) []vector {
	typed := func(typ any) string { return sign(t, k.ec, jose.ES256, claims(), "typ", typ) }
	return []vector{
		{"typ JWT", typed("JWT"), true},
		{"typ of an access token", typed("at+jwt"), true},
		{"typ written out", typed("application/at+jwt"), true},
		{"typ of a logout token", typed("logout+jwt"), false},
		{"typ of a proof", typed("dpop+jwt"), false},
		{"typ that is empty", typed(""), false},
		{"typ that is no text", typed(5), false},
		{"an extension that must be understood", sign(t, k.ec, jose.ES256, claims(), "crit", []string{"exp"}), false},
		{"content that is not encoded", sign(t, k.ec, jose.ES256, claims(), "b64", false, "crit", []string{"b64"}), false},
		{"an extension of nobody's", sign(t, k.ec, jose.ES256, claims(), "https://evil.example/x", 1, "crit", []string{"https://evil.example/x"}), false},
		{"a token in a token", sign(t, k.ec, jose.ES256, claims(), "cty", "JWT", "typ", "JWE"), false},
		{"an unknown key id", sign(t, k.ec, jose.ES256, claims(), "kid", "unknown"), true}, // files have none
	}
}

// contents are tokens that differ in whom they name, by whom and for whom.
func (k keyring) contents(t *testing.T) []vector {
	of := func(changes ...any) string { return sign(t, k.ec, jose.ES256, claims(changes...)) }
	return []vector{
		{"another issuer", of("iss", "https://evil.example"), false},
		{"an issuer that begins like ours", of("iss", issuer+"/x"), false},
		{"an issuer with a slash", of("iss", issuer+"/"), false},
		{"no issuer", of("iss", nil), false},
		{"issuers", of("iss", []string{issuer}), false},
		{"another audience", of("aud", "other"), false},
		{"no audience", of("aud", nil), false},
		{"no audience in a list", of("aud", []string{}), false},
		{"our audience among others", of("aud", []string{"other", audience}), true},
		{"a person of the other kind", of("kind", "customer_user"), false},
		{"a kind of another case", of("kind", "User"), false},
		{"the system", of("kind", "system"), false},
		{"no kind", of("kind", nil), false},
		{"another organization", of("organization", "globex"), false},
		{"no organization", of("organization", nil), false},
		{"nobody", of("sub", nil), false},
		{"an empty id", of("sub", ""), false},
		{"an id with a control character", of("sub", "anna\x00"), false},
		{"a person that is an object", of("sub", map[string]any{"id": "anna"}), false},
		{"content that is no object", sign(t, k.ec, jose.ES256, []string{issuer}), false},
	}
}

// times are tokens that differ in when they hold.
func (k keyring) times(t *testing.T) []vector {
	of := func(changes ...any) string { return sign(t, k.ec, jose.ES256, claims(changes...)) }
	return []vector{
		{"no end", of("exp", nil), false},
		{"an end of null", byHand(`{"alg":"ES256"}`, claims("exp", nil), ""), false},
		{"an end that is text", of("exp", "tomorrow"), false},
		{"an end at 0", of("exp", 0), false},
		{"an end before time", of("exp", -math.MaxFloat64), false},
		{"an hour past its end", of("exp", in(-time.Hour)), false},
		{"two minutes past its end", of("exp", in(-2*time.Minute)), false},
		{"past its end by what clocks differ", of("exp", in(-30*time.Second)), true},
		{"an end with a fraction", of("exp", float64(in(time.Hour))+0.5), true},
		{"begins in an hour", of("nbf", in(time.Hour)), false},
		{"begins in two minutes", of("nbf", in(2*time.Minute)), false},
		{"begins in what clocks differ", of("nbf", in(30*time.Second)), true},
		{"made in two minutes", of("iat", in(2*time.Minute)), false},
		{"made in what clocks differ", of("iat", in(30*time.Second)), true},
		{"made in words", of("iat", "now"), false},
		{"says neither beginning nor making", of("iat", nil, "nbf", nil), true},
	}
}
