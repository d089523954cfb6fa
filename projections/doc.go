// Package projections is the kernel of the read models: what a projection is,
// how its tables follow the log exactly once, how they are rebuilt beside the
// live ones, and how a reader waits for them.
//
// # Ownership
//
// A [Projection] is a table of handlers and the DDL of one schema. The schema
// also holds two tables of the kernel's: checkpoint (one row) and parked. A
// [Projector] owns the rows of the live schema during a term, between Begin and
// End; whoever gives the terms (a leadership) does so only to avoid doubled
// work. The [Board] knows how far every projection has come; it forgets that when
// the log is replaced by another one, and a term begins on the new log by
// comparing. Nothing here starts a goroutine that outlives the call.
//
//	           Begin                     Apply, Apply, …              End
//	idle ────────────────► leading ─────────────────────► … ────────────► idle
//	        create, rebuild             │ error: the term is over
//	        or just load                └─► Begin reads the checkpoint again
//
// # Order
//
// Apply takes batches in the order of the log, one at a time. A batch is one
// transaction, and its first statement compares-and-sets the checkpoint: from
// the position, version and store that this projector last stored, to the
// position of the batch. That statement takes the row's lock, so of two rivals
// one waits, then touches no row and writes nothing. Rows and checkpoint are
// therefore always those of one prefix of the log, whoever writes, however often
// a batch comes. In-process waiters wake after the commit, never before.
//
// A batch without events only moves the position; that is stored at most once a
// second, or with the next rows. No reader can tell: nothing was between. For the
// same reason who waits for a position is served by the last event of the product
// at or below it: where the feed does not say how far it is, the log is asked.
//
// The store's own events are passed over, but for a tombstone: it ends its stream,
// and is folded before anything is decoded, by the stream's name. What ends a
// stream, a tombstone or an event of the product's, is folded also where the stream
// is parked, and takes what is parked of it along. Where a tombstone's rows must be
// looked for, what is before it is committed first, then they are looked for, and
// then it is folded: the comparison of the checkpoint shows whether anybody wrote
// between.
//
// # Crash points
//
//   - Before the commit: nothing happened; the batch comes again.
//   - The commit's answer is lost: the projector reads the checkpoint again and
//     leaves out what it covers.
//   - After the commit, before the acknowledgement: the batch comes again and is
//     found to be a duplicate.
//   - During a rebuild: the unfinished generation <name>__next is dropped and
//     begun again; the live one has not been touched. The exchange of the two is
//     one step of the database.
//
// # Faults
//
//	unavailable     tried again for ever with growing, jittered pauses; the Board shows it
//	fenced          another projector moved the checkpoint: the term ends (ErrFenced)
//	unknown type    a newer version wrote it: what is before is stored, the term ends
//	                (domain.ErrUnknownType), a newer instance may go on
//	log replaced    what was read is not of the log that the rows are of: the term ends
//	                (eventlog.ErrLogChanged), the next one compares. Nothing is written that
//	                is made of two logs: each step knows the era in which it began
//	poison          does not decode, panics, breaks a constraint: its stream is parked
//	                from that event on, in the transaction that passes it; what follows
//	                in the stream is parked behind it. Other streams go on
//	halted          more than MaxParked streams are parked, or the database refuses
//	                what no single event is to blame for: the term ends (ErrHalted)
//
// # Generations
//
// A checkpoint names the version of its projection and the event applied last of the
// log that it belongs to; a schema of their own keeps, for all projections, a witness
// of each log: an event from its beginning, and where it is. Begin
// rebuilds when the version is another one, and when the log has another event than
// the last one applied at its position, or never had one there. Where that event can
// no longer be read, the witness decides in the same way; where both are gone,
// nothing says that it is another log. A position is never computed, only one that
// the log handed out is stored; one that the log does not know any more, or that an
// event has which was written later, is set back to that of the last event applied.
// Nothing is ever skipped.
//
// # Readiness
//
// A projection has begun when its rows were compared with the log, by Begin or, for
// rows that are led elsewhere, by the Board when it is asked for states; it has caught
// up when it then was at the log's end once: after a live batch, or, for the others,
// at what was the end when the Board first looked. What the Board hears from a
// follower answers how far a projection is behind without reading the log.
package projections
