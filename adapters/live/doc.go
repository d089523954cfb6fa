// Package live tells open screens what has changed, as server-sent events. It
// sends hints, never content: a screen that gets one asks again, through the
// queries that check what its person may see.
//
// # Ordering
//
//	log ─► Source ─► queue ─► read models have passed ─► ring ─► connections
//	                 (Run)                                       (one goroutine each)
//
// Hints come in log order. The log's batches are queued as they are heard, and
// released, batch by batch, when every read model behind the screens has passed
// the last event that a hint is of; so whoever asks after a hint finds what it was
// about. Streams are taken once the read models have passed where hearing began,
// the place of the first batch.
//
// Of several hints about one thing that are written together only the last is
// sent. All hints of one event go out in one write, and a client that resumes
// gets what is behind the id it names.
//
// # Ownership
//
// One goroutine ([Hub.Run]) moves released hints into the ring; each connection
// has the goroutine of its request, which reads the ring from where it is, asks
// what its person may see now, and writes. Nobody writes to a connection but its
// own goroutine, so a reader that stops reading blocks nobody; it is dropped when
// a write takes longer than its limit. The queue's lock, the ring's, and the one
// that lets one connection at a time read the log are never held together,
// except that the last is held while the ring's is taken.
//
// Queue, ring and whatever else is known of a log are one chapter. When another log
// takes its place a new one begins, empty; the source has then forgotten the former
// log already, so that nothing of that is heard in it, and what still goes on in the
// chapter before reaches nobody. A connection turns to the new one by itself: it gets
// a reset hint once the read models have passed where that log was first heard, then
// what comes behind. New streams are taken from then on, too.
//
// When the settings of an organization have changed, which may change what every
// screen shows and offers, its streams get a reset hint: ask for everything again.
//
// # Bounds
//
// The queue, the ring and what is read from the log are bounded by numbers of
// hints, which are small and hold no content. When read models stay behind, for
// instance because the database is down, so long that the queue is full, what it
// held is let go of: connections then read it from the log.
//
// # Resuming and crash points
//
// A connection is nothing but a position, so nothing is lost with a hub. One that
// comes back with the last it saw is served from the ring; where that does not
// reach, as after a restart, from the log, up to a bound, and the ring keeps what
// was read for the next; behind the bound, and behind a number that is no position of
// the log, by a reset hint that says: ask for everything again. What is neither of the
// ring nor known to have been handed out, the log is asked about once. A connection
// that cannot find out what its person may see because the log does not answer
// stays open and tries again.
//
// # What is hidden
//
// Every hint is checked against what the person may see when it is written. A
// customer user gets none about internal messages, about who else takes part, or
// about contexts that they may not view. Who was removed from a conversation
// learns only that their lists have changed. A person who may no longer sign in,
// or whose rights are others than when the stream began, because roles, unit,
// company or settings have changed, is cut off at the next hint or within 2 s,
// whichever comes first, also while read models stand still; who may come back
// is told to ask for everything again. One who loses
// the right to view because the owner or the customer changed, without having
// taken part, gets no hint: the list is right when it is asked for again.
package live
