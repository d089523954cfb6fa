// Package persistent keeps persistent subscriptions on an embedded event node:
// groups of consumers that share one stream, or all of them, each event going to
// one of them until it has been handled.
//
// # States of an event
//
//	source ─► fresh ─► in flight ─► handled ─► below the checkpoint
//	                   │    ▲
//	                   ▼    │
//	             came back (before fresh ones)
//	                   │
//	                   ▼ too often, or on demand
//	               parking ─► a link in the parked stream ─► handled
//
// An event comes back when its consumer says so, leaves, or takes longer than
// the message timeout, which is looked at once a second; each time counts as a
// retry. So a consumer that holds one event and does not answer is given that one
// again, until it is parked, and only then the next. A replayed event goes the
// same way behind all others that came back; its link is forgotten when it has
// been handled, or parked anew.
//
// A consumer can stop the group: its event comes back, which is no retry, and
// nothing is in flight any more once the others have answered. Acknowledgements,
// replays and checkpoints go on, consumers stay and may come; the group gives
// events again when it is changed or started anew, beginning with that one.
//
// The tombstone of a group's stream is its last event. A group that has come to
// the stream's end before is given it, and all that came before it; one that has
// not drops its consumers, because what is tombstoned cannot be read.
//
// # What holds
//
// Every event of the source, from the group's start on, is handled at least
// once: the checkpoint never passes one that is not, and an event counts as
// handled by parking only when its link is on disk. No event is with two
// consumers at the same time, and none with a consumer that has its buffer full.
// Whatever sizes clients give to buffers and batches, a page is at most 1 MiB and one
// event more, a group's queues and each consumer's buffer 8 MiB and a page more, an
// event counting for 256 bytes beside what it carries.
// Events reach a consumer for the first time in the order of the source; those
// that came back go first. Two events of the same id (of different streams, in a
// group of all) are not in flight together, because acknowledgements name ids.
//
// A group of all begins with the event at its start. One whose start is above the
// end is not made; one whose start is no event's drops whoever connects.
//
// # Ownership
//
// The machine is a pure state machine. One goroutine for each group owns it,
// carries out what it wants and alone writes the group's streams; a second one
// reads the source, one page when it is asked, and holds nothing. Consumers fetch
// from an outbox of their own, so nobody waits for a slow one. Groups run from
// their first use on; a lock over all groups is held while one is created,
// changed, deleted or started, never while events move.
//
// # What is stored, and crash points
//
// All is events in system streams, and so in every backup: the groups in
// $persistentSubscriptionConfig, one event for each change; how far a group has
// come in $persistentsubscription-<stream>::<group>-checkpoint; links to parked
// events in the same name with -parked, cut by its metadata below the first that
// is not handled. A group reads nothing written before its creation, so what a
// deleted one of the same name has left does no harm.
//
// A crash loses at most the checkpoints since the last one: those events are
// delivered again, with no retry counted. A crash between a link and the
// checkpoint behind it delivers the parked event again. Events that were replayed
// and not handled are parked again, and so is one that was handled if one parked
// before it was not. A write that the store refuses is tried again each second;
// until then nothing passes it. Stop writes all that is due.
package persistent
