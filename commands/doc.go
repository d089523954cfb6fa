// Package commands decides what happens: one file per command, over one generic
// [Repository] and the cached [Directory]. It appends to the event log and never
// reads SQL; snapshots and older receipts come through ports whose failure stops
// no command that can be decided without them.
//
// # Ordering
//
//	request ─► key gate ─► stream gate ─► load ─► seen before? ─► decide ─► append ─► fold ─► answer
//	           (if keyed)                  ▲                                  │
//	                                       └───────── lost the race ──────────┘
//
// Requests with one idempotency key wait for each other, then requests on one
// stream do, in the order of arrival; other streams are never waited for. So
// within an instance a command decides on the state that the one before it
// left, and a race is only lost to another instance: the loser reads what is
// newer and decides again, with the same clock and command id, for at most 5 s.
// Appends name the exact revision, which is what makes message numbers free of
// gaps.
//
// A success needs no read: the append itself proves that the state was current.
// A refusal or a no-op proves nothing, so it is decided again on the stream's
// tail before it is answered.
//
// # Ownership
//
// The cache owns an entry per stream; who is inside the entry's gate owns its
// state. Decisions see the state itself and only read it; outcomes carry copies.
// An entry in use is never evicted. Locks are taken in one order: key, stream,
// and then, from within a decision, single entries of the directory. A decision
// never updates.
//
// The [Follower] owns two subscriptions to the log: to the streams, and to what is
// said of them. It takes no gate for the first: it raises a number beside the entry,
// and the next to enter reads what is newer. What it has passed is therefore visible
// to whoever comes after, which is what [Follower.Wait] promises; what this instance
// appended is visible at once. What was read before it began is read again.
//
// The log is shared with others, and a live subscription need not say how far it
// came among their events. So the head is never above what was passed and is always
// a position that the log handed out; who waits for another one asks the log whether
// anything of ours is before it, one at a time.
//
// There are no goroutines but the caller's, and one of Follower.Run, which ends with
// it; every command runs in its own.
//
// # Idempotence
//
// A command with a key leaves key and fingerprint in the metadata of its events,
// so its receipt is as durable as they are. Receipts are looked up in three
// places: the last 1,024 of the stream, folded with it; the last 65,536 of any
// stream that this instance met; and the read model, for what both have
// forgotten. A key that may have been used on this stream where none of the
// three can tell is 503: on a stream from before this instance that has
// forgotten some, while the read model is down or behind. One that may have been
// used on another stream is taken while the read model is down: the worst is
// that a wrong reuse is not refused.
// One request that updates several streams gives each a key of its own.
//
// The store takes an append of event ids that it has at that place for a repetition.
// An event's id is therefore the UUIDv5 of (command id, index, type, data, metadata),
// and the command id is random, new with each execution: a success means that exactly
// these bytes are there, whoever else used the key at that moment. Two instances that
// decide under one key on one stream are told apart by the conflict: the later one
// reads, finds the receipt, and answers with the first outcome, or refuses another
// request. Nobody computes the ids of stored events. A conversation that is started
// under a key has an id made from the key, so two starts meet in one stream.
//
// What one key does on two different streams at the same moment on two instances is
// not noticed: both are done. From then on it is: as soon as the follower has heard
// of the other, or, for an instance that is started later, within a second while read
// models answer.
//
// # Another log
//
// The log can be replaced while the process runs. Commands are inside of the era of
// one log from load to answer, views while they look, and commands of several steps
// from the first to the last; so is the follower while it spreads a batch. When the
// log says that another one is in its place, the era ends: calls of the log under way
// fail, nobody goes inside, and once all have left, caches, keys, receipts, the log's
// identity and the follower's place are forgotten. Only then the log answers again.
// So no decision is on one log and in the other. Who was inside, or came just then,
// is told 503, and decides anew under the same key. The follower begins at the new
// log's end. Nothing but calls of the log may take long inside. Whoever hears batches
// registers with the log after the follower and so hears none of before it was told.
// Snapshots stay: each is proved by the log that it is used on.
//
// # Streams that end
//
// One that is deleted for ever is as if it had never been, and is not asked for
// again. One that was deleted otherwise, or has lost its beginning, goes on with what
// is left, unless its aggregate has an event for that (domain.Aggregate.Removed):
// whoever notices appends it, once, and takes what is before it out of the stream. It
// is noticed by what is said of the stream, by a read from its beginning, by a
// receipt whose events are missing, and by an append that lands where it should not;
// and that a stream without events had some, by its metadata, which is looked at
// where nothing is decided on such a stream, or its id is made from what it is of.
// Events of the store itself mean nothing, but count as one of the stream's.
//
// # Crash points
//
//   - Before the append: nothing happened; the key is free.
//   - After the append, before the answer: the events and the receipt are there,
//     and the repetition answers from them.
//   - The append's answer is lost: the same bytes, ids and revision are sent
//     again until there is an answer, at most 5 s and while the caller waits.
//     Then it is 503, and the entry is read to the tail before it is used again:
//     the next execution under the key finds the receipt of the first there, or,
//     when that one's append arrives only later, in the conflict with it. One that
//     arrives after the next execution's finds another revision and writes nothing.
//     A refusal that somebody has to mend is 503 at once, and says which.
//   - The caller hangs up: an append under way is finished and folded.
//   - The store answers with another revision than it should, or calls a
//     conflict that no event explains: the entry is read anew from the start.
//   - Snapshots: one is believed only if the log, at its revision, still holds
//     the event that it names. Losing all of them costs time.
package commands
