package words

import "strings"

// Query is what somebody looks for: texts that have all of the words, the last
// one as the beginning of a word. Nothing in it is syntax.
type Query struct {
	whole []string
	begun string
}

// Parse reads what somebody typed. Without a word in it the query is zero, and
// nothing matches it.
func Parse(text string) Query {
	var q Query
	seen := map[string]bool{}
	for word := range In(text) {
		if q.begun != "" && !seen[q.begun] {
			seen[q.begun] = true
			q.whole = append(q.whole, q.begun)
		}
		q.begun = word
	}
	return q
}

// IsZero reports whether there is nothing to look for.
func (q Query) IsZero() bool { return q.begun == "" }

// String returns the words with single spaces between them, the begun one last:
// the argument of a database's search.
func (q Query) String() string {
	return strings.Join(append(q.whole[:len(q.whole):len(q.whole)], q.begun), " ")
}

// Wants reports whether a word is one of those that are looked for.
func (q Query) Wants(word string) bool {
	if strings.HasPrefix(word, q.begun) {
		return !q.IsZero()
	}
	for _, whole := range q.whole {
		if word == whole {
			return true
		}
	}
	return false
}

// Matches reports whether the text has all of the words. It is what every
// database's search must agree with.
func (q Query) Matches(text string) bool {
	has := map[string]bool{}
	begun := false
	for word := range In(text) {
		has[word] = true
		begun = begun || strings.HasPrefix(word, q.begun)
	}
	for _, whole := range q.whole {
		if !has[whole] {
			return false
		}
	}
	return begun && !q.IsZero()
}
