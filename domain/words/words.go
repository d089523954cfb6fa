// Package words cuts texts into the words that they are found by. What is stored
// and what is asked go through the same cut here, so that every database only
// ever compares words that are equal byte for byte, and none has a say in what
// a word is.
//
// A word is a run of letters, digits and the marks on them, in lower case; each
// ideograph, hiragana and katakana is a word of its own, because nothing is
// written between them. Accents count. A word is never empty and holds no space,
// quote or other sign.
package words

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Limits of what is stored: words are cut to so many characters, and the list of
// a text's words to so many bytes, far beyond what anybody writes.
const (
	maxCharacters = 64
	maxList       = 256 << 10
)

// Place is where a word stands in its text, in bytes.
type Place struct{ Start, End int }

// In yields the words of a text with their places, in order.
func In(text string) iter.Seq2[string, Place] {
	return func(yield func(string, Place) bool) {
		cut(text, func(word []byte, at Place) bool { return yield(string(word), at) })
	}
}

// List returns the different words of a text, each once, with single spaces
// between them: what an index of words is made over.
func List(text string) string {
	list, seen := make([]byte, 0, len(text)), make(map[string]struct{}, min(len(text)/8, 64))
	cut(text, func(word []byte, _ Place) bool {
		if _, has := seen[string(word)]; has || len(list)+len(word) >= maxList {
			return true
		}
		seen[string(word)] = struct{}{}
		if len(list) > 0 {
			list = append(list, ' ')
		}
		list = append(list, word...)
		return true
	})
	return string(list)
}

// cut yields the words of a text; each is valid until the next.
func cut(text string, yield func([]byte, Place) bool) {
	c := cutter{yield: yield}
	for at := 0; at < len(text) && !c.enough; {
		if b := text[at]; b < utf8.RuneSelf {
			c.takeASCII(at, b)
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		c.take(at, r)
		at += size
	}
	c.flush(len(text))
}

// ascii holds the lower case of ASCII's letters, its digits, and zero for all
// else: most texts are made of them.
var ascii = func() (table [utf8.RuneSelf]byte) {
	for b := range table {
		if r := rune(b); unicode.IsLetter(r) || unicode.IsNumber(r) {
			table[b] = byte(fold(r))
		}
	}
	return table
}()

// cutter collects the word that is being read.
type cutter struct {
	yield      func([]byte, Place) bool
	word       []byte
	start      int
	characters int
	enough     bool // no more words are wanted
}

// takeASCII takes the next character of the text where it is ASCII.
func (c *cutter) takeASCII(at int, b byte) {
	lower := ascii[b]
	if lower == 0 {
		c.flush(at)
		return
	}
	if c.grow(at) {
		c.word = append(c.word, lower)
	}
}

// grow counts a character of the word and reports whether it is kept.
func (c *cutter) grow(at int) bool {
	if c.characters == 0 {
		c.start = at
	}
	c.characters++
	return c.characters <= maxCharacters
}

// take takes the next character of the text.
func (c *cutter) take(at int, r rune) {
	inWord := unicode.IsLetter(r) || unicode.IsNumber(r)
	alone := inWord && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	if alone || !inWord && !(unicode.IsMark(r) && c.characters > 0) {
		c.flush(at)
	}
	if !inWord && c.characters == 0 {
		return
	}
	if c.grow(at) {
		c.word = utf8.AppendRune(c.word, fold(r))
	}
	if alone {
		c.flush(at + utf8.RuneLen(r))
	}
}

// flush yields the word, if there is one, which ends here.
func (c *cutter) flush(end int) {
	if c.characters > 0 && !c.enough {
		c.enough = !c.yield(c.word, Place{c.start, end})
	}
	c.word, c.characters = c.word[:0], 0
}

// fold returns the lower case that all cases of a letter share.
func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
