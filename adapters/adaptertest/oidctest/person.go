package oidctest

import (
	"encoding/json"
	"maps"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// person is somebody whom the provider knows.
type person struct{ claims map[string]any }

// ID implements mockoidc.User.
func (p person) ID() string {
	id, _ := p.claims["sub"].(string)
	return id
}

// Userinfo implements mockoidc.User.
func (p person) Userinfo([]string) ([]byte, error) { return json.Marshal(p.claims) }

// Claims implements mockoidc.User.
func (p person) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	all := jwt.MapClaims{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, p.claims)
	return all, nil
}
