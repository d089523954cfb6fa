package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLocal bounds what stands in front of the @ of a mail address, in bytes.
const maxLocal = 64

// mailAddress reads the mail address in whose middle an @ stands, or the @ alone.
func (in *inline) mailAddress(at int32) int32 {
	start := in.localStart(at)
	in.work += int(at - start)
	end := in.domainEnd(at + 1)
	if end == 0 {
		return at + 1
	}
	local := strings.TrimLeft(in.body[start:at], "'")
	if strings.HasPrefix(in.ahead(end), "_") {
		local = strings.TrimLeft(local, "_'") // emphasised
	}
	start = at - int32(len(local))
	if !isLocal(local) || strings.ContainsRune("%&=#$!?^~/\\@+", before(in.passed(start))) || !in.endsMail(end) {
		return at + 1
	}
	return in.found(openMail, start, end)
}

// localStart returns where that begins which may stand in front of an @.
func (in *inline) localStart(at int32) int32 {
	start := at
	for start > max(in.start, in.floor) && at-start <= maxLocal {
		r, size := utf8.DecodeLastRuneInString(in.body[max(in.start, in.floor):start])
		if !isLocalRune(r) {
			break
		}
		start -= int32(size)
	}
	return start
}

func isLocalRune(r rune) bool {
	return isCased(r) || r < utf8.RuneSelf && (isNameByte(byte(r)) || strings.ContainsRune(".-+'", r)) || unicode.Is(unicode.M, r)
}

// isLocal reports whether a text may stand in front of the @ of a mail address.
func isLocal(s string) bool {
	if s == "" || len(s) > maxLocal || strings.Contains(s, "..") || strings.HasSuffix(s, ".") {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	return isWord(first) || first == '_'
}

// endsMail reports whether the text goes on at a place as one may behind a mail
// address.
func (in *inline) endsMail(at int32) bool {
	s := in.ahead(at)
	switch {
	case s == "" || s[0] >= utf8.RuneSelf || isSpace(s[0]):
		return true
	case strings.IndexByte(endSigns, s[0]) < 0 || s[0] == '\\' || s[0] == '_' && !in.emphasis.expects('_'):
		return false
	}
	return len(s) == 1 || strings.IndexByte(".:?!_", s[0]) < 0 || !isNameByte(s[1])
}

// mailto reads a mail address behind mailto: and what it asks for.
func (in *inline) mailto(start, at int32) int32 {
	local, _, found := strings.Cut(in.body[at:min(in.end, at+maxLocal+1)], "@")
	in.work += maxLocal
	if !found || !isLocal(local) || strings.ContainsFunc(local, func(r rune) bool { return !isLocalRune(r) }) {
		return at
	}
	end := in.domainEnd(at + int32(len(local)) + 1)
	switch {
	case end == 0:
		return at
	case strings.HasPrefix(in.ahead(end), "?"):
		return in.found(openMailto, start, in.addressEnd(end))
	case in.endsMail(end):
		return in.found(openMailto, start, end)
	}
	return at
}
