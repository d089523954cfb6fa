// Package sqlite is the sqldb port on embedded SQLite: one process, one folder.
//
// # Files
//
// Each schema and each generation of it is a file of its own in the folder,
// attached under the schema's name: inboxes-12.db. The catalog, catalog.json,
// says which file is which schema. It is replaced as a whole (written beside,
// synced, renamed, folder synced), and that rename is the one moment in which
// Create, Drop and Promote happen:
//
//	new file written and synced ─► catalog renamed ─► old file deleted
//	        crash: an orphan        crash: an orphan
//
// Open deletes orphans. Transactions are WAL with synchronous=NORMAL: a crash
// of the program loses nothing, one of the machine perhaps the last commits,
// with rows and checkpoint going back together.
//
// # Who may do what
//
// Each schema has one connection for writing and a turn that passes from call
// to call, so schemas are written in parallel and no write ever meets a lock of
// the database. Whoever replaces a schema holds its turn; a call that waited
// for the turn of a schema that is gone looks up the name again.
//
// Readers are a pool of connections held to read only. A connection attaches
// the schemas that a query names when it first meets them (SQLite allows ten
// at a time) and lets go of replaced ones. A file is deleted when it was
// dropped and the last connection has let go of it, so a running query keeps
// what it reads. All speak to SQLite without database/sql and its driver, which
// cost many a query more than the query itself.
//
// # One snapshot
//
// SQLite takes a snapshot per file. A query over several schemas therefore
// starts its transaction on all of them behind a gate that commits pass too, so
// it sees every file as of one moment. Checkpoints of the WAL, which sync, are
// made after the commit and outside the gate.
//
// # Ownership
//
// The DB owns all connections. Close refuses new calls, ends leaderships, waits
// for calls in flight and closes the connections. There are no goroutines but one
// for each query whose context ends before it does, and the query waits for that.
package sqlite
