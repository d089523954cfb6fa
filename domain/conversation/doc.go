// Package conversation is the conversation aggregate: people of both kinds
// talking about business records. Decisions take the state and return events or
// an error, and change nothing; folds take the events and never fail.
//
// A message has a number over all messages and, unless it is internal, a public
// number over the others; both run 1, 2, 3 … without gap. Customer users know
// public numbers only, so nothing they see is moved by an internal note.
package conversation
