package identity

import (
	"net/http"

	"parley/domain"
)

// TrustOrigin lets pages of an origin (https://host) make requests with the
// cookie though the Host header of those requests is another one, as behind a
// proxy that rewrites it.
func (s *Sessions) TrustOrigin(origin string) error { return s.origins.AddTrustedOrigin(origin) }

// fromHere refuses what another site made a browser send, by what browsers say of
// each request (Sec-Fetch-Site, else Origin). Reading is looked at like writing,
// because a stream of another site's would go on for long; only following a link
// to here is everybody's.
func (s *Sessions) fromHere(r *http.Request) error {
	asked := r.WithContext(r.Context())
	if !isNavigation(r) {
		asked.Method = http.MethodPost
	}
	if s.origins.Check(asked) != nil {
		return domain.NewError(domain.CodeForbidden, "Another site made this request; only pages of this one may use the session.")
	}
	return nil
}

// isNavigation reports whether a person went here, by a link for instance.
func isNavigation(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return reads && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}
