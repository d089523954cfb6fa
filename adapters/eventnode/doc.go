// Package eventnode is the embedded event store: a durable log over one SQLite
// file that implements [eventlog.Log] in process. It is for one machine and one
// process per data folder.
//
// # Writing
//
// One goroutine, the writer, owns the writing connection, the cache of stream
// heads and the numbering; nothing else touches them. It takes every queued
// append (at most 1,024), decides each against the committed heads and an
// overlay of those before it, writes one transaction, which SQLite syncs once,
// and only then publishes and answers:
//
//	queue ─► decide each ─► one transaction, one sync ─► publish in the tail ─► answer
//
// A crash before the sync loses nothing that was acknowledged; a crash behind
// it leaves events whose append was never answered: the same append, sent again,
// is recognised by its ids and answered with the first result. A commit that
// fails fails every append of its batch, refusals included, because they may
// rest on events that were never written. The writer then drops its connection
// and caches, and before it goes on moves what is certain into the main file,
// which erases what was written but not synced, and reads the head from there.
// Until it has, appends are refused with [eventlog.ErrUnavailable]; reads go on.
//
// # Reading
//
// The newest events are also kept in memory, in the tail (at most 8,192 events
// and 8 MiB). Followers pull from it, each at its own pace, and wait for a
// broadcast that the writer sends after the sync; one that has fallen behind the
// tail reads pages from the file until it has caught up. There is no queue per
// follower, nothing is dropped, and nobody waits for a slow one. A follower may
// see an event some microseconds before its appender is told.
//
// Reads hold a page in memory and no connection while the caller works. Every
// row is proved against its checksum, and the node's own numbering shows a row
// that is missing: both are an [eventlog.DamagedError] that names the position.
//
// # Ordering and ownership
//
// Positions strictly increase in commit order, by a stride that is fixed when
// the log is created. An append copies its payload before it is queued. Records
// that are handed out share memory with all other readers and must not be
// changed. Close refuses new calls, drains the queue, ends followers and then
// closes the files.
package eventnode
