package identity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"

	"parley/domain"
)

// JWTConfig says which JSON Web Tokens are accepted: those of the issuer, for
// the audience, unexpired, signed by one of the PEM public keys in the file with
// RS256, ES256 or EdDSA.
type JWTConfig struct {
	KeyFile  string
	Issuer   string
	Audience string
}

// JWT accepts signed JSON Web Tokens (RFC 7519) with the claims sub (the
// person's id), kind (user or customer_user) and organization.
type JWT struct{ verifier *oidc.IDTokenVerifier }

// NewJWT reads the keys. Errors say which setting is wrong.
func NewJWT(c JWTConfig) (*JWT, error) {
	if c.Issuer == "" || c.Audience == "" {
		return nil, fmt.Errorf("jwt keys need an issuer and an audience too: set --jwt-issuer and --jwt-audience")
	}
	keys, err := readKeys(c.KeyFile)
	if err != nil {
		return nil, err
	}
	return &JWT{oidc.NewVerifier(c.Issuer, &oidc.StaticKeySet{PublicKeys: keys}, &oidc.Config{
		ClientID:             c.Audience,
		SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.EdDSA},
	})}, nil
}

// Identify implements Scheme: every token that reaches it counts as a JWT.
func (j *JWT) Identify(ctx context.Context, token string) (Identity, bool, error) {
	verified, err := j.verifier.Verify(ctx, token)
	if err != nil {
		return Identity{}, true, refuse("The token is not valid or has expired; sign in again.")
	}
	var claims struct {
		Kind         domain.Kind `json:"kind"`
		Organization string      `json:"organization"`
	}
	if err := verified.Claims(&claims); err != nil {
		return Identity{}, true, refuse("The token's claims cannot be read; sign in again.")
	}
	id := Identity{Organization: claims.Organization, Person: domain.Person{Kind: claims.Kind, ID: verified.Subject}}
	if !id.Person.Kind.IsPerson() || domain.CheckID(id.Person.ID) != "" || domain.CheckID(id.Organization) != "" {
		return Identity{}, true, refuse("The token does not name a person: it needs sub, kind and organization.")
	}
	return id, true, nil
}

func readKeys(file string) ([]crypto.PublicKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read jwt keys: %w", err)
	}
	var keys []crypto.PublicKey
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read jwt keys: %s holds something that is no public key: %w", file, err)
		}
		switch key.(type) {
		case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
			keys = append(keys, key)
		default:
			return nil, fmt.Errorf("read jwt keys: %s holds a key that is neither RSA, ECDSA nor Ed25519", file)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("read jwt keys: %s holds no PEM public key", file)
	}
	return keys, nil
}
