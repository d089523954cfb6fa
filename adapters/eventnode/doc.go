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
//	queue ─► decide each ─► one transaction, one sync ─► tell the witness ─► publish in the tail ─► answer
//
// A crash before the sync loses nothing that was acknowledged; a crash behind
// it leaves events whose append was never answered: the same append, sent again,
// is recognised by its ids and answered with the first result. A commit that
// fails fails every append of its batch, refusals included, because they may
// rest on events that were never written. The writer then drops its connection
// and caches, and before it goes on moves what is certain into the main file,
// which erases what was written but not synced, reads the head from there and
// compares it with the witness. Until it has, appends are refused with
// [eventlog.ErrUnavailable]; reads go on. From the failure until something was
// written again [Node.Trouble] says so; once a second in which nobody appends the
// writer tries by itself, with a commit that changes nothing.
//
// # The witness
//
// SQLite stops without a word at the first damaged frame of its write-ahead log,
// and may lay what is left of it over newer pages. So the file head, beside the
// log, says where the log ended: position and SHA-256 of the last event, and how
// many frames of which generation of the write-ahead log that needs. It is
// written before an append is answered, never before its sync, so a kill of the
// process has no window; it is synced once a second and at Close, so a loss of
// power may take back at most the last second of what the witness knows, though
// nothing of the log itself. Damage that hits the log's end within that second
// and power loss together is the one damage that Open cannot see.
//
// The file has three slots with checksums: one that is on disk, one that is on
// its way there and one that is written to, so that a torn write spoils neither
// of the others.
//
// SQLite never moves or deletes the write-ahead log by itself: the connection
// that is closed last, the anchor, is read-only, and automatic checkpoints are
// off. The writer moves it, every 4,000 pages and at Close, in this order:
//
//	copy all frames, sync the main file ─► tell the witness, sync it ─► the next commit may overwrite the frames
//
// A crash between any two steps leaves a log that opens: up to the second the
// frames are needed and there; behind it they are not, and may be there, torn or
// gone. Open proves version, witness, frames and last event through the anchor
// before any other connection exists, and refuses by position what does not
// agree, with the files as they were. A log of the first format, which had no
// witness, is given one.
//
// # Checks
//
// One goroutine reads the whole log, at most once an hour and slowly
// ([Config].ScrubBytesPerSecond, slower still while events are appended): every
// checksum, every position, whether the index leads to each event, and that no run
// hides one. What it finds is logged and in [Node.Health]. [Node.Verify] does the same at once, and
// also checks the revisions of every stream, the file's structure and the
// witness. A flipped bit in an index page can hide the last events of one stream
// from readers of that stream until one of the two has named it; readers of all
// streams do not use the index.
//
// # Scavenging, backup
//
// [Node.Scavenge] empties rows in place, so that numbering stays dense: an event
// with an empty type, no data and no metadata is passed over by every reader and
// is no damage. An append without events leaves such a row, in the stream "$$",
// because its answer carries a position like any other. Before it begins every slot of the witness is made to speak of
// the present end, and what it removes lies before that, so the witness never
// speaks of an event that has changed. The writer does it between two commits,
// 200 events at a time, and asks the metadata again each time, so a stream that
// is written to again meanwhile keeps what it may show.
//
// [Node.Backup] reads pages like any follower and writes a log of its own; it
// holds no snapshot, and the write-ahead log does not grow by it.
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
// Reads hold a page in memory and no connection while the caller works; behind a
// full page the next one is read meanwhile. That read belongs to a goroutine of
// its own, which ends with the page, wanted or not, and holds nothing then. Every
// row is proved against its checksum, and the node's own numbering shows a row
// that is missing: both are an [eventlog.DamagedError] that names the position.
//
// # Positions
//
// A position is an event's by the log's numbering, or it is none: from Start and an
// event's, also a scavenged one's, reading goes on; any other number, and one above
// the end, is refused with [eventlog.ErrNoSuchPosition] before anything is read. It
// is looked at when the reading or the cursor begins, so a number above the end
// stays refused though the log reaches it later.
//
// # Events of others
//
// The log may be shared: most of its events may be of streams that are not the
// product's (its prefix, with "$$" in front or not). So that a search for the
// product's own does not read them, runs of at least 32 of others' are noted in a
// table of the log's file, by first and last position. The writer follows the run
// under way in memory; a commit that ends one or makes it 32 longer notes it in its
// own transaction, so a run is there exactly when its events are. A commit of the
// product's events writes nothing beside them. What is not noted, at most 31 events
// for a run and as many for each restart, is read.
//
// A run only says what is not there, and is believed only while the event at its
// last position is the one with which it was noted, and its checksum matches: the
// log grows at its end alone, so all before that event are the same too. It
// therefore outlives scavenging, which keeps ids, and says nothing once the end of
// a log was given up and written anew, by whatever program. Runs may touch and
// overlap. A lost one costs reading, never an event.
//
// A file without the table is given it when the writer connects. The background
// check notes the runs that nobody has; like [Node.Verify] it also names an event of
// the product that lies in one. A copy has its own, made as it is written. Programs
// that do not know the table open the file and pass it over.
//
// Who asks for the product's streams alone, by ReadAll, Follow, All or a [Cursor],
// passes from run to run: the notes are read 16 at a time. In the tail others'
// events are in memory and are looked at. Damage among what is passed over is the
// checks' to find.
//
// # Streams as a whole
//
// What is said of a stream is an event in another: "$$" and its name. Only the
// last event there counts. A deletion is such an event, with $tb at 2^63-1; a
// tombstone is a record of the stream itself, $streamDeleted at revision 2^63-1,
// behind which nothing can come there; "$$" and its name then tells nothing either,
// and takes more only where it has something. Reads of a stream honour both and
// $maxCount, $maxAge and $tb, as they were when the read began; reads of all
// streams and cursors show everything.
//
// The next append to a deleted stream goes on with the numbering, and the same
// transaction writes the metadata again with $tb at the first new revision, so no
// crash parts the two. Like the real server, Delete replaces the metadata, while
// the append keeps what it finds but for $tb; and metadata that is written to a
// deleted stream brings that back, empty.
//
// The writer knows with each stream's head whether the stream is deleted. Readers
// have a memory of their own, the standings: of at most 131,072 streams, filled
// by reads, so that another read costs one look. The writer makes it forget a
// stream behind the sync of a commit that changed what is said of it, and before
// the commit is published or answered; what a reader has meanwhile read from the
// file is then not kept. After a failed commit it forgets all.
//
// # Ordering and ownership
//
// Positions strictly increase in commit order, by a stride that is fixed when
// the log is created. An append copies its payload before it is queued. Records
// that are handed out share memory with all other readers and must not be
// changed. The anchor belongs to who opens the store and then to the writer, and
// so does what the witness says; that the witness is synced each second is the
// work of a goroutine of its own. Close refuses new calls, drains the queue, ends
// followers, moves the write-ahead log, seals the witness and then closes the
// files.
package eventnode
