package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

// maxAnswer bounds what is read of a provider's answer, in bytes.
const maxAnswer = 1 << 20

// published is what a provider says of itself at one moment.
type published struct {
	endpoint oauth2.Endpoint
	keys     []jose.JSONWebKey
	at       time.Time
	proofs   proofs
}

// verify returns what was signed if it was with one of the keys.
func (p *published) verify(token string, signed *jose.JSONWebSignature) ([]byte, bool) {
	if p == nil {
		return nil, false
	}
	return p.proofs.verify(token, signed, func() ([]byte, bool) { return p.prove(signed) })
}

// prove finds the key. A token that names one must be of that one.
func (p *published) prove(signed *jose.JSONWebSignature) ([]byte, bool) {
	header := signed.Signatures[0].Header
	for _, key := range p.keys {
		if header.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, true
		}
	}
	return nil, false
}

// fetch asks a provider for its addresses and then for its keys.
func fetch(ctx context.Context, client *http.Client, issuer string) (*published, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", issuer, err)
	}
	var more struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&more); err != nil || more.Keys == "" {
		return nil, fmt.Errorf("discover %s: it does not say where its keys are", issuer)
	}
	keys, err := fetchKeys(ctx, client, more.Keys)
	if err != nil {
		return nil, fmt.Errorf("read keys of %s: %w", issuer, err)
	}
	return &published{endpoint: provider.Endpoint(), keys: keys}, nil
}

// fetchKeys reads a key set (RFC 7517). What is no public key for signing is
// passed over, since a set may hold keys for other uses.
func fetchKeys(ctx context.Context, client *http.Client, url string) ([]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.Use != "enc" && isBelieved(key.Key) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// newClient returns a client that keeps no connection and reads short answers.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return &http.Client{Transport: bounded{transport}, Timeout: fetchLimit}
}

// bounded cuts the answers of a transport.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}
