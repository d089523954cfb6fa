// Package identity turns a request into an actor. Tokens and sessions only say
// who somebody is; what they may do comes from the mirrored directory at each
// request, so a person who is disabled or unknown there is refused at once.
//
// # Tokens
//
// A bearer token is believed when one of the configured issuers signed it for
// us: with one of the keys in a file, or with one that its OpenID provider
// publishes now. No key ever comes from the token itself, and no algorithm that
// is not on a short list. See [Tokens], [StaticKeys], [Provider]. Only that a set of
// keys has signed a token is remembered, while the set is in use; everything else
// about a token is looked at with each request.
//
// # Sessions
//
// A browser signs in at the provider by the authorization code flow with PKCE
// ([SignIn]) and then shows a cookie ([Sessions]). Browsers send cookies whoever
// asks them to, so a request with a cookie is refused when another site made it;
// requests with an Authorization header are not looked at in this way, because
// another site cannot add one.
//
// # Ordering and ownership
//
// Everything is safe for concurrent use, and nothing runs between requests. A
// provider is asked only when a request needs it, by one request at a time for
// all, and seldom: see [Provider].
//
// # Crash points
//
// A session is there once the answer that sets its cookie goes out, and gone once
// the answer to the logout does. A sign-in that a crash interrupts is begun again.
package identity
