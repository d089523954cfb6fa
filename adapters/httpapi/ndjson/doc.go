// Package ndjson brings import files in: one JSON object a line, gzip or not, of
// any length. It knows lines and order, and nothing of HTTP; what a line means
// is the command's.
//
// Ownership: one goroutine reads and parses lines, a fixed number of workers
// bring them in, and the caller's goroutine reports results, in the order of the
// lines. A line waits for those before it that it may not overtake: a record for
// its type, a conversation for the people and records that it names, a line
// about something for whatever comes before it about the same.
//
// Memory: what is read but not yet reported is bounded, in lines and in bytes;
// then the reader waits, and with it whoever sends.
//
// Outage: a line that the stores cannot take just now is tried again for a
// minute before it fails.
//
// Crash: every line is one command of its own, repeated without effect when the
// file is imported again.
package ndjson
