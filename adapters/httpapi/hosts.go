package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"parley/domain"
)

// ownHosts lets requests in that name a host of this server: where it believes
// whoever asks, a page of another site that has its name lead here would be one
// of ours to the browser. Loopback is always ours. Without Config.Hosts every name
// is.
func (a *api) ownHosts(next http.Handler) http.Handler {
	if len(a.config.Hosts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostOf(r.Host)
		ours := func(name string) bool { return hostOf(name) == host }
		if !isLoopback(host) && !slices.ContainsFunc(a.config.Hosts, ours) {
			a.refuse(w, r, domain.NewError(codeOtherHost,
				"This server answers only to its own names: localhost, 127.0.0.1 and those that it was started with. Open it by one of them."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// hostOf returns the host of a Host header, in one form.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
