package markup

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"parley/domain"
)

// A mention names a person in a text, in one of two forms:
//
//	@user:uma
//	@[Uma User](user:uma)
//
// The first is for ids of letters, digits, dots, underscores and hyphens that
// neither begin nor end with a dot or a hyphen; it is shown by the id. The second
// is for every id: it ends at the first closing parenthesis, and %XX stands for any
// byte of it. It is shown by what is in the brackets. No word may run into a
// mention, as one does into the @ of a mail address.

// maxWrittenID bounds an id as it is written, each byte perhaps %XX, in bytes.
const maxWrittenID = 3 * domain.MaxIDBytes

// mentionForms read what begins with an @ and return where it ends, or 0.
var mentionForms = []func(*inline, int32) int32{(*inline).namedMention, (*inline).simpleMention, (*inline).otherID}

// atSign reads an @: a mention, the middle of a mail address, or a sign.
func (in *inline) atSign(at int32) int32 {
	if r := before(in.passed(at)); !isWord(r) && r != '_' {
		for _, read := range mentionForms {
			if end := read(in, at); end > 0 {
				return end
			}
		}
	}
	return in.mailAddress(at)
}

// mentioned shows a mention, of which the name, from one place to another, is
// text.
func (in *inline) mentioned(p domain.Person, at, name, nameEnd, end int32) int32 {
	in.people = append(in.people, p)
	in.put(openMention, at, at)
	in.put(nothing, at+1, name)
	in.put(closeMention, nameEnd, nameEnd)
	in.put(nothing, nameEnd, end)
	in.floor = end
	return end
}

// namedMention reads @[name](kind:id), and returns where it ends, or 0.
func (in *inline) namedMention(at int32) int32 {
	s := in.ahead(at + 1)
	if s == "" || s[0] != '[' {
		return 0
	}
	length := strings.IndexAny(s[1:], "[]")
	if length < 0 {
		length = len(s) - 1
	}
	in.work += length
	if !strings.HasPrefix(s[1+length:], "](") || isBlank(s[1:1+length]) {
		return 0
	}
	p, size := readPerson(s[length+3:])
	in.work += min(len(s)-length, maxWrittenID)
	if size == 0 {
		return 0
	}
	name := strings.Trim(s[1:1+length], " \t")
	begin := at + 2 + int32(strings.Index(s[1:], name))
	return in.mentioned(p, at, begin, begin+int32(len(name)), at+int32(length+4+size))
}

// readPerson reads kind:id) and returns its length, or 0 when it names nobody.
func readPerson(s string) (p domain.Person, size int) {
	kind, rest, ok := cutKind(s)
	if !ok {
		return p, 0
	}
	length := strings.IndexByte(rest[:min(len(rest), maxWrittenID+1)], ')')
	if length <= 0 {
		return p, 0
	}
	written := rest[:length]
	if len(written)-2*strings.Count(written, "%") > domain.MaxIDBytes {
		return p, 0
	}
	id, err := url.PathUnescape(written)
	if err != nil || domain.CheckID(id) != "" {
		return p, 0
	}
	return domain.Person{Kind: kind, ID: id}, len(kind) + 1 + length + 1
}

// cutKind takes the kind of a person and a colon from the beginning of a text.
func cutKind(s string) (kind domain.Kind, rest string, ok bool) {
	for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
		if rest, ok := strings.CutPrefix(s, string(kind)+":"); ok {
			return kind, rest, true
		}
	}
	return "", s, false
}

// simpleMention reads @kind:id, and returns where it ends, or 0. What looks like
// the beginning of an id of another form is none.
func (in *inline) simpleMention(at int32) int32 {
	kind, rest, ok := cutKind(in.ahead(at + 1))
	if !ok {
		return 0
	}
	id := simpleID(rest)
	if id == "" {
		return 0
	}
	name := at + 2 + int32(len(kind))
	end := name + int32(len(id))
	return in.mentioned(domain.Person{Kind: kind, ID: id}, at, name, end, end)
}

// simpleID returns the id with which a text begins, or "".
func simpleID(s string) string {
	length := 0
	for length < len(s) && length <= domain.MaxIDBytes && (isNameByte(s[length]) || s[length] == '.' || s[length] == '-') {
		length++
	}
	id := strings.TrimRight(s[:length], ".-")
	rest := strings.TrimLeft(s[len(id):], ".:-")
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case id == "" || len(id) > domain.MaxIDBytes || !isNameByte(id[0]):
		return ""
	case rest != "" && strings.ContainsRune("@/+%#=&$~_", next), len(rest) < len(s[len(id):]) && next < utf8.RuneSelf && isWord(next):
		return ""
	case isWord(behind(s[len(id):])):
		return ""
	}
	return id
}

func isNameByte(c byte) bool { return isDigit(c) || c == '_' || c < utf8.RuneSelf && isCased(rune(c)) }

// otherID passes over what begins as @kind:id does and has another form: nothing
// in it is a mark. It returns 0 where nothing begins so.
func (in *inline) otherID(at int32) int32 {
	kind, rest, ok := cutKind(in.ahead(at + 1))
	if !ok {
		return 0
	}
	length := 0
	for length < len(rest) && (isNameByte(rest[length]) || strings.IndexByte("@+/:%#=&$~.-", rest[length]) >= 0) {
		length++
	}
	in.floor = at + 2 + int32(len(kind)+length)
	return in.floor
}
