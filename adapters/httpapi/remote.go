package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// remoteAddress is where a request comes from: what was noted of it, else its
// connection's other end.
func remoteAddress(r *http.Request) string {
	if known := note(r.Context()).remote; known != "" {
		return known
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// remote is the address that a request really comes from. A trusted proxy is
// believed about who it had the request from, and that one, if it is trusted too,
// in turn: so the headers are read from the right, and what a client itself wrote
// in front means nothing. A proxy that writes only one of the two headers lets the
// other through as the client sent it: where they do not agree the proxy's own
// address is all that is known.
func (a *api) remote(r *http.Request) string {
	peer := remoteAddress(r)
	at, ok := parseAddress(peer)
	if !ok || !a.trusts(at) {
		return peer
	}
	forwarded, named := r.Header.Values("Forwarded"), r.Header.Values("X-Forwarded-For")
	said, saidX := a.follow(at, forwardedFor(forwarded)), a.follow(at, list(named, ','))
	switch {
	case len(forwarded) == 0:
		return saidX.String()
	case len(named) == 0 || said == saidX:
		return said.String()
	}
	return at.String()
}

// follow goes from hop to hop, from the right, for as long as they are trusted and
// tell an address.
func (a *api) follow(at netip.Addr, hops []string) netip.Addr {
	for _, hop := range slices.Backward(hops) {
		next, ok := parseAddress(hop)
		if !ok {
			return at
		}
		if at = next; !a.trusts(at) {
			return at
		}
	}
	return at
}

func (a *api) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(a.config.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// parseAddress reads an address with or without a port, brackets or quotes.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	at, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return at.Unmap().WithZone(""), err == nil
}

// forwardedFor returns what each element of Forwarded (RFC 7239) has as "for", ""
// where it has none.
func forwardedFor(headers []string) (hops []string) {
	for _, element := range list(headers, ',') {
		hop := ""
		for _, pair := range list([]string{element}, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if strings.EqualFold(strings.TrimSpace(name), "for") {
				hop = value
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// list returns the parts of header values between separators outside quotes.
func list(values []string, separator rune) (parts []string) {
	for _, value := range values {
		quoted := false
		parts = append(parts, strings.FieldsFunc(value, func(r rune) bool {
			if r == '"' {
				quoted = !quoted
			}
			return r == separator && !quoted
		})...)
	}
	return parts
}
