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
	"strings"
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
		var c cutter
		for at, r := range text {
			if !c.take(at, r, yield) {
				return
			}
		}
		c.flush(len(text), yield)
	}
}

// List returns the different words of a text, each once, with single spaces
// between them: what an index of words is made over.
func List(text string) string {
	var list strings.Builder
	seen := map[string]bool{}
	for word := range In(text) {
		if seen[word] || list.Len()+len(word) >= maxList {
			continue
		}
		seen[word] = true
		if list.Len() > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(word)
	}
	return list.String()
}

// cutter collects the word that is being read.
type cutter struct {
	word       strings.Builder
	start      int
	characters int
}

// take takes the next character of the text and reports whether to go on.
func (c *cutter) take(at int, r rune, yield func(string, Place) bool) bool {
	inWord := unicode.IsLetter(r) || unicode.IsNumber(r)
	alone := inWord && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	if alone || !inWord && !(unicode.IsMark(r) && c.characters > 0) {
		if !c.flush(at, yield) {
			return false
		}
	}
	if !inWord && c.characters == 0 {
		return true
	}
	c.add(at, r)
	return !alone || c.flush(at+utf8.RuneLen(r), yield)
}

func (c *cutter) add(at int, r rune) {
	if c.characters == 0 {
		c.start = at
	}
	if c.characters++; c.characters <= maxCharacters {
		c.word.WriteRune(fold(r))
	}
}

// flush yields the word, if there is one, which ends here.
func (c *cutter) flush(end int, yield func(string, Place) bool) bool {
	if c.characters == 0 {
		return true
	}
	word := c.word.String()
	c.word.Reset()
	c.characters = 0
	return yield(word, Place{c.start, end})
}

// fold returns the lower case that all cases of a letter share.
func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
