package identity

import (
	"context"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"

	"parley/domain"
)

// algorithms is every way of signing that is believed: asymmetric ones only, so
// that a public key can never be taken for a secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// maxToken is the length of the longest token that is looked at.
const maxToken = 16 << 10

var errToken = refuse("The token is not valid or has expired; sign in again.")

// Tokens accepts JSON Web Tokens (RFC 7519) that one of the issuers signed.
type Tokens struct {
	Issuers []Issuer
	Claims  Claims
}

// Identify implements Scheme: every token that reaches it counts as a JWT. When
// two issuers have one name (keys in a file beside the provider's own), either
// may have signed.
func (t Tokens) Identify(ctx context.Context, token string) (Identity, bool, error) {
	refusal, name := errToken, issuerOf(token)
	for _, i := range t.Issuers {
		if name == "" || i.Name != name {
			continue
		}
		verified, err := i.verify(ctx, token)
		switch {
		case err == nil:
			id, err := t.Claims.identity(verified.payload)
			return id, true, err
		case domain.CodeOf(err) == domain.CodeUnavailable:
			refusal = err
		}
	}
	return Identity{}, true, refusal
}

// issuerOf returns who a token says has signed it, which is not yet believed.
func issuerOf(token string) string {
	if len(token) > maxToken {
		return ""
	}
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return ""
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &claims) != nil {
		return ""
	}
	return claims.Issuer
}
