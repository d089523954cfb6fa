// Package live tells open screens what has changed, as server-sent events. It
// sends hints, never content: a screen that gets one asks again, through the
// queries that check what its person may see.
//
// Order: hints come in log order. The log's batches are queued as they are
// heard, and released, batch by batch, when every read model behind the screens
// has passed the batch; so whoever asks after a hint finds what it was about.
//
// Ownership: one goroutine (Run) moves released hints into a ring; each
// connection has a goroutine of its own that reads the ring from where it is,
// checks what its person may see, and writes. Nobody writes to a connection but
// its own goroutine, so a reader that stops reading blocks nobody and is dropped
// when a write takes longer than its limit.
//
// Resuming: a connection is nothing but a position. One that comes back with the
// last it saw is served from the ring; when that has gone on, from the log, up
// to a bound; behind it, by a reset hint that says: ask for everything again.
package live
