package identity

import (
	"context"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// skew is how far an issuer's clock may be from ours.
const skew = time.Minute

// Issuer is somebody whose tokens are believed when they are for the audience.
type Issuer struct {
	Name     string
	Audience string
	Keys     Keys
}

// Keys are the keys that an issuer signs with now.
type Keys interface {
	// Verify returns what was signed, given a token and what was read of it, or an
	// error: one with domain.CodeUnavailable when the keys are not known now.
	Verify(ctx context.Context, token string, signed *jose.JSONWebSignature) ([]byte, error)
}

// verified is a token that is believed.
type verified struct {
	*oidc.IDToken
	payload []byte
}

// verify returns the token's content, or an error that may be shown.
func (i Issuer) verify(ctx context.Context, token string) (verified, error) {
	if len(token) > maxToken {
		return verified{}, errToken
	}
	once := &attempt{keys: i.Keys}
	verifier := oidc.NewVerifier(i.Name, once, &oidc.Config{
		ClientID: i.Audience, SupportedSigningAlgs: algorithmNames(), SkipExpiryCheck: true, // timely checks
	})
	content, err := verifier.Verify(ctx, token)
	switch {
	case once.err != nil:
		return verified{}, once.err
	case err != nil || !timely(content, time.Now()):
		return verified{}, errToken
	}
	return verified{content, once.payload}, nil
}

func algorithmNames() []string {
	names := make([]string, len(algorithms))
	for n, a := range algorithms {
		names[n] = string(a)
	}
	return names
}

// attempt is one verification: it keeps what the library would not tell, the
// reason of a refusal.
type attempt struct {
	keys    Keys
	payload []byte
	err     error
}

// VerifySignature implements oidc.KeySet.
func (a *attempt) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	a.payload, a.err = a.verify(ctx, token)
	return a.payload, a.err
}

func (a *attempt) verify(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil || !isAccessOrID(signed.Signatures[0].Header) || isExtended(signed.Signatures[0].Header) {
		return nil, errToken
	}
	return a.keys.Verify(ctx, token, signed)
}

// isAccessOrID reports whether a token says that it is for signing in (RFC 9068,
// RFC 8725): issuers sign others with the same keys, to log people out for
// instance.
func isAccessOrID(header jose.Header) bool {
	switch typ := header.ExtraHeaders[jose.HeaderType].(type) {
	case nil:
		return true
	case string:
		typ, _ = strings.CutPrefix(strings.ToLower(typ), "application/")
		return typ == "jwt" || typ == "at+jwt"
	}
	return false
}

// isExtended reports whether a token wants an extension of the form to be
// understood. No token needs one; of those that the library knows, content that is
// not encoded is forbidden for tokens (RFC 7797, section 7).
func isExtended(header jose.Header) bool {
	_, critical := header.ExtraHeaders["crit"]
	_, encoded := header.ExtraHeaders["b64"]
	return critical || encoded
}

// timely reports whether a token is one of now. It must say when it ends.
func timely(token *oidc.IDToken, now time.Time) bool {
	var claims struct {
		Expires   *float64 `json:"exp"`
		NotBefore *float64 `json:"nbf"`
		IssuedAt  *float64 `json:"iat"`
	}
	if token.Claims(&claims) != nil || claims.Expires == nil {
		return false
	}
	at := float64(now.Unix())
	begun := func(moment *float64) bool { return moment == nil || *moment <= at+skew.Seconds() }
	return *claims.Expires > at-skew.Seconds() && begun(claims.NotBefore) && begun(claims.IssuedAt)
}
