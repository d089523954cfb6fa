package markup

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of names in addresses.
const (
	maxHost  = 253
	maxLabel = 63
	maxPort  = 65535
)

// hostEnd returns where the host, and the port where there is one, ends that
// stands at a place. It is 0 when there is none that a reader and a browser take
// for the same: no user may be named in front of it, and figures must be an
// address in full.
func (in *inline) hostEnd(at int32) int32 {
	s := in.ahead(at)
	length := bracketed(s)
	if name := in.name(at); isHost(name) {
		length = len(name)
	}
	port, ok := portEnd(s[length:])
	if length == 0 || !ok || !endsHost(s[length+port:]) {
		return 0
	}
	return at + int32(length+port)
}

// domainEnd returns where the full name of a host ends, as those of mail have one,
// that stands at a place, or 0.
func (in *inline) domainEnd(at int32) int32 {
	name, _, _ := strings.Cut(in.name(at), "_")
	top := name[strings.LastIndexByte(name, '.')+1:]
	if len(top) == len(name) || utf8.RuneCountInString(top) < 2 || !isHost(name) {
		return 0
	}
	isNoLetter := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) }
	if strings.ContainsFunc(top, isNoLetter) && !hasPrefixFold(top, "xn--") {
		return 0
	}
	return at + int32(len(name))
}

// name returns what may be the name of a host at a place.
func (in *inline) name(at int32) string {
	s := in.ahead(at)
	length := nameEnd(s)
	in.work += length
	return s[:length]
}

// bracketed returns the length of an IPv6 address in brackets, or 0.
func bracketed(s string) int {
	end := strings.IndexByte(s[:min(len(s), maxLabel)], ']')
	if end < 0 || s[0] != '[' {
		return 0
	}
	if ip, err := netip.ParseAddr(s[1:end]); err != nil || !ip.Is6() || ip.Zone() != "" {
		return 0
	}
	return end + 1
}

// nameEnd returns how much at the beginning of a text may be the name of a host:
// without the signs at its end.
func nameEnd(s string) (length int) {
	last := '.'
	for length < len(s) && length <= utf8.UTFMax*maxHost {
		r, size := utf8.DecodeRuneInString(s[length:])
		switch {
		case isCased(r), r < utf8.RuneSelf && (isDigit(byte(r)) || strings.ContainsRune(".-_", r)):
		case unicode.Is(unicode.M, r):
		case isUncased(r) && (isUncased(last) || last == '.' || last == '-'):
		default:
			return len(strings.TrimRight(s[:length], ".-_"))
		}
		if !unicode.Is(unicode.M, r) {
			last = r
		}
		length += size
	}
	return len(strings.TrimRight(s[:length], ".-_"))
}

// portEnd returns the length of the port with which a text begins, a colon
// included, and false where something stands that is neither a port nor the text
// around the address.
func portEnd(s string) (length int, ok bool) {
	if !strings.HasPrefix(s, ":") {
		return 0, true
	}
	digits := 1
	for digits < len(s) && digits <= len("65535")+1 && isDigit(s[digits]) {
		digits++
	}
	if digits == 1 {
		return 0, len(s) == 1 || s[1] >= utf8.RuneSelf || isSpace(s[1]) || strings.IndexByte(endSigns, s[1]) >= 0
	}
	port, err := strconv.Atoi(s[1:digits])
	return digits, err == nil && port <= maxPort
}

// endSigns are those that may follow an address as part of the text around it.
const endSigns = ".,;:!?'\"*_|<>()[]{}\\`"

// endsHost reports whether a text goes on as one may behind a host.
func endsHost(s string) bool {
	return s == "" || s[0] >= utf8.RuneSelf || isSpace(s[0]) || strings.IndexByte("/#"+endSigns, s[0]) >= 0
}

// isHost reports whether a text is the name of a host or an IPv4 address.
func isHost(name string) bool {
	if name == "" || utf8.RuneCountInString(name) > maxHost {
		return false
	}
	top := name[strings.LastIndexByte(name, '.')+1:]
	if isFigure(top) {
		ip, err := netip.ParseAddr(name)
		return err == nil && ip.Is4()
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || utf8.RuneCountInString(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' || !readsAsItIs(label, top) {
			return false
		}
	}
	return true
}

// isFigure reports whether browsers take a host with this last part for a number.
func isFigure(top string) bool {
	digits := "0123456789"
	if len(top) > 1 && top[0] == '0' && top[1]|' ' == 'x' {
		top, digits = top[2:], "0123456789abcdefABCDEF"
	}
	return strings.Trim(top, digits) == ""
}
