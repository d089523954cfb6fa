// Package markup turns the text of a message into the one safe HTML form that is
// shown everywhere, and into the plain text of snippets and mails.
//
// # What a text means
//
// Every character that is typed is shown, but for the marks of a closed list,
// which docs/text.md gives to those who write: paired * ** _ __, paired
// backticks, closed fences, the > of a quote at a line's beginning, and the
// brackets and the id of a mention. A list's signs and numbers, a backslash, an
// entity, HTML and a labelled link are characters like any other. What could be a
// mark or a character is a character. A text of marks alone is shown as typed.
//
// # What is promised
//
// For every text, of any bytes: the text without the ranges that [Marks] returns
// is the text content of [HTML], in this order, and is what [Plain] returns.
// White space counts as runs, with line breaks kept; in code each character
// counts. No other elements and attributes are ever written than the constants of
// html.go, and a link leads to the address that is its text, by http, https or
// mailto.
//
// Time and memory are linear in the length of the text, whatever stands in it,
// and so is the length of the HTML: each character is looked at a bounded number
// of times. Nothing nests deeper than maxNesting of each kind.
//
// # How
//
// [parse] splits a text into lines with the depth of their quotes (quote.go) and
// their fences (fence.go), joins lines to blocks (blocks.go, list.go) and reads
// what stands in one from its first character to its last (inline.go and the
// files it calls). What comes of it is a list of edits of the text, in the order
// of their places: here a range is no text, there an element begins. Both forms
// are the text with its edits applied.
//
// All functions are pure. A [Cache] may be used by many at once.
package markup
