package markup

import "strings"

// Addresses are links as they are typed: those with http:// or https://, those of
// mail with and without mailto:, and hosts that begin with www. A link leads to
// nothing but its text. An address of another scheme, and one that leads elsewhere
// than a reader believes, is text, in which nothing is a mark.

// maxScheme bounds how long a scheme is, in bytes.
const maxScheme = 32

// colon reads a : and the address whose scheme it ends, if it does.
func (in *inline) colon(at int32) int32 {
	start := at
	for start > max(in.start, in.floor, at-maxScheme) && isSchemeByte(in.body[start-1]) {
		start--
	}
	in.work += int(at - start)
	scheme, rest := in.body[start:at], in.ahead(at)
	if strings.EqualFold(scheme, "mailto") {
		return in.mailto(start, at+1)
	}
	if scheme == "" || !strings.HasPrefix(rest, "://") {
		return at + 1
	}
	// What ends a sentence without a space behind it is none of the scheme's.
	start += int32(strings.LastIndexAny(scheme, ".-") + 1)
	scheme = in.body[start:at]
	begin := at + int32(len("://"))
	if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") || isWord(before(in.passed(start))) {
		return in.foreign(begin)
	}
	host := in.hostEnd(begin)
	if host == 0 {
		return in.foreign(begin)
	}
	return in.found(openLink, start, in.pathEnd(host))
}

func isSchemeByte(c byte) bool { return isNameByte(c) && c != '_' || c == '+' || c == '-' || c == '.' }

// foreign passes over an address that is no link.
func (in *inline) foreign(at int32) int32 {
	end := in.addressEnd(at)
	in.floor = end
	return end
}

// dot reads a . and the address whose www it ends, if it does.
func (in *inline) dot(at int32) int32 {
	const www = "www"
	start := at - int32(len(www))
	if start < max(in.start, in.floor) || !strings.EqualFold(in.body[start:at], www) {
		return at + 1
	}
	if r := before(in.passed(start)); isWord(r) || strings.ContainsRune(glue+"._-", r) {
		return at + 1
	}
	host := in.hostEnd(start)
	if host == 0 || in.domainEnd(at+1) == 0 {
		return max(at+1, start+int32(len(in.name(start)))) // what is no host has none in it
	}
	return in.found(openWeb, start, in.pathEnd(host))
}
