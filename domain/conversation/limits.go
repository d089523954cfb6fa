package conversation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/domain"
)

// The limits of what a conversation takes.
const (
	// MaxNameLength bounds a name, in code points after trimming.
	MaxNameLength = 255
	// MaxReasonLength bounds the reason of a transition, in code points.
	MaxReasonLength = 1000
	// DefaultMessageBytes bounds a message's body where nothing else is
	// configured, in bytes of UTF-8.
	DefaultMessageBytes = 32 << 10
	// MaxMentions bounds the people whom one message can tell that it mentions
	// them, over all of its edits. Further ones are not told.
	MaxMentions = 50
	// MaxChosenContexts bounds the contexts that one request may choose, so
	// that the whole start always fits one append.
	MaxChosenContexts = 100
)

// CleanName returns a name as it is stored: one kind of line end, no white
// space around it.
func CleanName(name string) string { return strings.TrimSpace(domain.NormalizeText(name)) }

// CheckName returns what is wrong with a name, or "".
func CheckName(name string) string {
	if wrong := domain.CheckText(domain.NormalizeText(name)); wrong != "" {
		return wrong
	}
	switch n := utf8.RuneCountInString(CleanName(name)); {
	case n == 0:
		return "must not be empty"
	case n > MaxNameLength:
		return "must be at most 255 characters"
	}
	return ""
}

// DefaultName returns the name of a conversation that was started from a record
// without a name of its own: the labels of type and record, cut to the limit.
func DefaultName(typeLabel, recordLabel string) string {
	name := []rune(CleanName(typeLabel + " " + recordLabel))
	if len(name) > MaxNameLength {
		name = name[:MaxNameLength]
	}
	return CleanName(string(name))
}

// CheckBody returns what is wrong with a message's body of at most so many
// bytes, or "".
func CheckBody(body string, limit int) string {
	body = domain.NormalizeText(body)
	switch {
	case strings.TrimFunc(body, invisible) == "":
		return "must not be blank"
	case len(body) > limit:
		return "is longer than messages may be"
	}
	return domain.CheckText(body)
}

// invisible reports whether a character shows nothing by itself.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// CheckReason returns what is wrong with the reason of a transition, or "". A
// reason may be left out.
func CheckReason(reason string) string {
	reason = domain.NormalizeText(reason)
	if utf8.RuneCountInString(reason) > MaxReasonLength {
		return "must be at most 1000 characters"
	}
	return domain.CheckText(reason)
}
