package directory

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/domain"
)

// The limits of what is mirrored.
const (
	// MaxNameLength bounds names and labels, in code points.
	MaxNameLength = 255
	// MaxEmailBytes, MaxLocaleBytes and MaxURLBytes bound what they name.
	MaxEmailBytes  = 254
	MaxLocaleBytes = 35
	MaxURLBytes    = 2048
	// MaxIDs bounds the groups and the roles of a person.
	MaxIDs = 100
)

func checkName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "must not be empty"
	case utf8.RuneCountInString(name) > MaxNameLength:
		return "must be at most 255 characters"
	}
	return domain.CheckLine(name)
}

func checkReference(id string) string {
	if id == "" {
		return ""
	}
	return domain.CheckID(id)
}

func checkIDs(p *domain.Problems, pointer string, ids []string) {
	if len(ids) > MaxIDs {
		p.At(pointer, "must be at most 100")
		return
	}
	for i, id := range ids {
		p.At(pointer+"/"+strconv.Itoa(i), domain.CheckID(id))
	}
}

// checkEmail accepts what can stand in a mail's header and envelope without
// quoting: one @ with something on both sides, no space or control character.
func checkEmail(address string) string {
	if address == "" {
		return ""
	}
	local, host, _ := strings.Cut(address, "@")
	switch {
	case len(address) > MaxEmailBytes:
		return "must be at most 254 bytes"
	case local == "" || host == "" || strings.ContainsAny(address, " \t\n,;:<>()[]\\\"") || strings.Contains(host, "@"):
		return "must be an email address"
	}
	return domain.CheckLine(address)
}

func checkLocale(locale string) string {
	for _, r := range locale {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return "must be a language tag"
		}
	}
	if len(locale) > MaxLocaleBytes {
		return "must be a language tag"
	}
	return ""
}

// checkURL accepts what may stand in a link: an http or https address, or a
// path on the same site. Anything else could be a script.
func checkURL(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	switch {
	case len(address) > MaxURLBytes:
		return "must be at most 2048 bytes"
	case err != nil || strings.ContainsAny(address, "\\ \t\n"):
		return "must be an address"
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		return domain.CheckLine(address)
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(address, "/"):
		return domain.CheckLine(address)
	}
	return "must be an http or https address, or a path"
}
