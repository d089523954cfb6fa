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
// work. The [Board] knows how far every projection has come. Nothing here starts
// a goroutine that outlives the call.
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
// second, or with the next rows. No reader can tell: nothing was between.
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
//	poison          does not decode, panics, breaks a constraint: its stream is parked
//	                from that event on, in the transaction that passes it; what follows
//	                in the stream is parked behind it. Other streams go on
//	halted          more than MaxParked streams are parked, or the database refuses
//	                what no single event is to blame for: the term ends (ErrHalted)
//
// # Generations
//
// A checkpoint names the version of its projection and the event store that it
// belongs to. Begin rebuilds when the version is another one, when the log's
// first event or the event last applied is another one, and when the position is
// past the end of the log. It never skips.
package projections
