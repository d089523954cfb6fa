package main

import (
	"net"
	"net/url"
	"time"

	"parley/adapters/httpapi"
	"parley/adapters/identity"
	"parley/domain/sqldb"
)

// callbackPath is where the identity provider sends browsers back to.
const callbackPath = "/v1/auth/callback"

// signIn says who may sign in and how tokens name them.
type signIn struct {
	JWTKeys     string `name:"jwt-keys" help:"PEM file of the public keys that sign tokens." placeholder:"FILE"`
	JWTIssuer   string `name:"jwt-issuer" help:"Issuer of accepted tokens." placeholder:"URL"`
	JWTAudience string `name:"jwt-audience" help:"Audience of accepted tokens." placeholder:"NAME"`

	OIDCIssuer       string   `name:"oidc-issuer" help:"OpenID provider whose tokens are accepted, with the keys it publishes." placeholder:"URL"`
	OIDCAudience     string   `name:"oidc-audience" help:"Audience of the provider's tokens; the client id unless given." placeholder:"NAME"`
	OIDCClientID     string   `name:"oidc-client-id" help:"Client as which browsers are signed in at the provider; needs --public-url off loopback." placeholder:"ID"`
	OIDCClientSecret string   `name:"oidc-client-secret" help:"The client's secret; better set by the variable, since everybody on a machine can see a program's arguments." placeholder:"SECRET"`
	OIDCScopes       []string `name:"oidc-scopes" help:"Scopes to ask for beside openid." placeholder:"NAME"`

	ClaimPerson       string `help:"Claim with a person's id; dots lead into nested claims." default:"sub" placeholder:"NAME"`
	ClaimKind         string `help:"Claim that is user or customer_user." default:"kind" placeholder:"NAME"`
	ClaimOrganization string `help:"Claim with the organization's id." default:"organization" placeholder:"NAME"`
	Organization      string `help:"Organization of everybody who signs in, whatever tokens say." placeholder:"ID"`

	SessionIdle     time.Duration `help:"How long a browser may be idle before it must sign in again." default:"12h"`
	SessionLifetime time.Duration `help:"After how long a browser must sign in again." default:"168h"`
}

// check returns a usage error for settings that cannot work together.
func (s signIn) check(listen, publicURL string) error {
	switch {
	case s.JWTKeys == "" && (s.JWTIssuer != "" || s.JWTAudience != ""):
		return usagef("--jwt-issuer and --jwt-audience need --jwt-keys")
	case s.JWTKeys != "" && (s.JWTIssuer == "" || s.JWTAudience == ""):
		return usagef("jwt keys need an issuer and an audience too: set --jwt-issuer and --jwt-audience")
	case s.OIDCIssuer == "" && (s.OIDCClientID != "" || s.OIDCAudience != "" || s.OIDCClientSecret != ""):
		return usagef("--oidc-client-id, --oidc-client-secret and --oidc-audience need --oidc-issuer")
	case s.OIDCIssuer != "" && !isHTTPS(s.OIDCIssuer) && !isLocalHTTP(s.OIDCIssuer):
		return usagef("--oidc-issuer must be an https:// address: whoever could change the provider's answers could sign in as anybody")
	case s.OIDCIssuer != "" && s.OIDCClientID == "" && s.OIDCAudience == "":
		return usagef("--oidc-issuer needs --oidc-client-id, to sign in browsers, or --oidc-audience, to take its tokens")
	case s.OIDCClientID != "" && s.SessionIdle <= 0:
		return usagef("--session-idle must be a positive time such as 12h")
	case s.OIDCClientID != "" && s.SessionLifetime < s.SessionIdle:
		return usagef("--session-lifetime must not be shorter than --session-idle")
	case s.OIDCClientID != "" && !isHTTPS(publicURL) && !isLoopback(listen):
		return usagef("--oidc-client-id signs in browsers, so --public-url must be the https:// address at which they come, unless --listen is a loopback address")
	}
	return nil
}

// letsNobodyIn reports whether no token at all is accepted.
func (s signIn) letsNobodyIn() bool { return s.JWTKeys == "" && s.OIDCIssuer == "" }

func (s signIn) claims() identity.Claims {
	return identity.Claims{Person: s.ClaimPerson, Kind: s.ClaimKind, Organization: s.ClaimOrganization, Fixed: s.Organization}
}

// visitors returns how requests say who makes them and, if browsers can sign in,
// how. The demo is its organization, or "".
func (s signIn) visitors(d identity.Directory, db sqldb.DB, publicURL, demo string) (identity.Visitors, httpapi.SignIn, error) {
	v := identity.Visitors{Bearer: identity.Bearer{Directory: d}}
	if demo != "" {
		v.Bearer.Schemes = append(v.Bearer.Schemes, identity.Demo{Organization: demo})
	}
	var issuers []identity.Issuer
	if s.JWTKeys != "" {
		keys, err := identity.ReadStaticKeys(s.JWTKeys)
		if err != nil {
			return v, nil, usagef("%v", err)
		}
		issuers = append(issuers, identity.Issuer{Name: s.JWTIssuer, Audience: s.JWTAudience, Keys: keys})
	}
	var browsers httpapi.SignIn
	if s.OIDCIssuer != "" {
		provider := identity.NewProvider(s.OIDCIssuer)
		issuers = append(issuers, identity.Issuer{Name: s.OIDCIssuer, Audience: s.audience(), Keys: provider})
		if s.OIDCClientID != "" {
			var err error
			if v.Sessions, err = s.sessions(db, publicURL); err != nil {
				return v, nil, err
			}
			browsers = s.browsers(provider, v.Sessions, d, publicURL)
		}
	}
	if len(issuers) > 0 {
		v.Bearer.Schemes = append(v.Bearer.Schemes, identity.Tokens{Issuers: issuers, Claims: s.claims()})
	}
	return v, browsers, nil
}

func (s signIn) audience() string {
	if s.OIDCAudience != "" {
		return s.OIDCAudience
	}
	return s.OIDCClientID
}

// sessions returns those of browsers, which come by https if the public address
// says so.
func (s signIn) sessions(db sqldb.DB, publicURL string) (*identity.Sessions, error) {
	sessions := identity.NewSessions(identity.SessionsConfig{
		DB: db, Secure: isHTTPS(publicURL), Idle: s.SessionIdle, Lifetime: s.SessionLifetime,
	})
	if publicURL == "" {
		return sessions, nil
	}
	u, err := url.Parse(publicURL)
	if err == nil {
		err = sessions.TrustOrigin(u.Scheme + "://" + u.Host)
	}
	if err != nil {
		return nil, usagef("--public-url must be an address such as https://parley.example: %v", err)
	}
	return sessions, nil
}

func (s signIn) browsers(p *identity.Provider, sessions *identity.Sessions, d identity.Directory, publicURL string) *identity.SignIn {
	callback := callbackPath
	if publicURL != "" {
		if joined, err := url.JoinPath(publicURL, callbackPath); err == nil {
			callback = joined
		}
	}
	return identity.NewSignIn(identity.SignInConfig{
		Provider: p, ClientID: s.OIDCClientID, ClientSecret: s.OIDCClientSecret, Scopes: s.OIDCScopes,
		Claims: s.claims(), Directory: d, Sessions: sessions, Callback: callback,
	})
}

func isHTTPS(address string) bool { return hasScheme(address, "https") }

// isLocalHTTP reports whether an address leads to this machine.
func isLocalHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && isLoopback(net.JoinHostPort(u.Hostname(), "80"))
}
