package strictjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string and says whether something in it was not Unicode: bytes
// that are not UTF-8, or an escaped half of a surrogate pair.
func (p *parser) str() (text string, broken bool, err error) {
	p.at++
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			plain := p.text[start:p.at]
			p.at++
			if utf8.Valid(plain) {
				return string(plain), false, nil
			}
			return string([]rune(string(plain))), true, nil
		case c == '\\':
			return p.escaped(append([]byte(nil), p.text[start:p.at]...))
		case c < 0x20:
			return "", false, ErrSyntax
		default:
			p.at++
		}
	}
	return "", false, ErrSyntax
}

// escaped reads the rest of a string from its first escape on.
func (p *parser) escaped(b []byte) (text string, broken bool, err error) {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			if utf8.Valid(b) {
				return string(b), broken, nil
			}
			return string([]rune(string(b))), true, nil
		case c == '\\':
			r, whole, err := p.escape()
			if err != nil {
				return "", false, err
			}
			broken = broken || !whole
			b = utf8.AppendRune(b, r)
		case c < 0x20:
			return "", false, ErrSyntax
		default:
			b = append(b, c)
			p.at++
		}
	}
	return "", false, ErrSyntax
}

var escapes = map[byte]rune{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads one escape, or the two of a surrogate pair. whole is false for
// half a pair.
func (p *parser) escape() (r rune, whole bool, err error) {
	p.at++
	if r, ok := escapes[p.peek()]; ok {
		p.at++
		return r, true, nil
	}
	r, err = p.unit()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, true, err
	}
	if p.at+1 >= len(p.text) || p.text[p.at] != '\\' || p.text[p.at+1] != 'u' {
		return utf8.RuneError, false, nil
	}
	mark := p.at
	p.at++
	low, err := p.unit()
	if err != nil {
		return 0, false, err
	}
	if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
		return pair, true, nil
	}
	p.at = mark
	return utf8.RuneError, false, nil
}

// unit reads u and four hexadecimal digits.
func (p *parser) unit() (rune, error) {
	if !p.take('u') || len(p.text)-p.at < 4 {
		return 0, ErrSyntax
	}
	var r rune
	for _, c := range p.text[p.at : p.at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, ErrSyntax
		}
		r = r<<4 | rune(c)
	}
	p.at += 4
	return r, nil
}
