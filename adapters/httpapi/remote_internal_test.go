package httpapi

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestRemote_is_what_trusted_proxies_say_from_the_right(t *testing.T) {
	t.Parallel()
	a := &api{config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	type headers map[string][]string
	const x, f = "X-Forwarded-For", "Forwarded"
	for name, c := range map[string]struct {
		peer string
		sent headers
		want string
	}{
		"nobody between":                   {"192.0.2.1:1", nil, "192.0.2.1"},
		"a stranger who says something":    {"192.0.2.1:1", headers{x: {"198.51.100.7"}, f: {"for=198.51.100.7"}}, "192.0.2.1"},
		"a proxy that says nothing":        {"10.0.0.1:1", nil, "10.0.0.1"},
		"a proxy":                          {"10.0.0.1:1", headers{x: {"198.51.100.7"}}, "198.51.100.7"},
		"a client that writes in front":    {"10.0.0.1:1", headers{x: {"1.2.3.4, 10.9.9.9", "198.51.100.7"}}, "198.51.100.7"},
		"two proxies":                      {"10.0.0.1:1", headers{x: {"1.2.3.4, 198.51.100.7, 10.0.0.2"}}, "198.51.100.7"},
		"only proxies":                     {"10.0.0.1:1", headers{x: {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		"what is no address":               {"10.0.0.1:1", headers{x: {"198.51.100.7, unknown, 10.0.0.2"}}, "10.0.0.2"},
		"ports and brackets":               {"[fd00::1]:1", headers{x: {"[2001:db8::7]:443"}}, "2001:db8::7"},
		"an address of both kinds":         {"[::ffff:10.0.0.1]:1", headers{x: {"::ffff:198.51.100.7"}}, "198.51.100.7"},
		"the standard's header":            {"10.0.0.1:1", headers{f: {`for=1.2.3.4;by="a,b";proto=http, For="[2001:db8::7]:4711";proto=https`}}, "2001:db8::7"},
		"the standard's header without it": {"10.0.0.1:1", headers{f: {"for=1.2.3.4, proto=https"}}, "10.0.0.1"},
		"an obfuscated one":                {"10.0.0.1:1", headers{f: {"for=_hidden"}}, "10.0.0.1"},
		"both that agree":                  {"10.0.0.1:1", headers{x: {"1.2.3.4, 198.51.100.7"}, f: {"for=198.51.100.7"}}, "198.51.100.7"},
		"one that the client wrote":        {"10.0.0.1:1", headers{x: {"198.51.100.7"}, f: {"for=1.2.3.4"}}, "10.0.0.1"},
		"a socket, which has no address":   {"@", headers{x: {"198.51.100.7"}}, "@"},
		"an empty list":                    {"10.0.0.1:1", headers{x: {""}}, "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for header, values := range c.sent {
			r.Header[header] = values
		}
		if got := a.remote(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
