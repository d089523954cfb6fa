// Package postgres is the sqldb port on PostgreSQL 14 or newer, with pgx.
//
// # Writing
//
// A batch travels as one pipeline with one synchronisation point, which the
// server runs as one implicit transaction: one round trip, all or nothing, and
// no moment in which a frozen client holds row locks between statements. What a
// statement must touch (Affects) is checked by the server itself: the statement
// is wrapped so that another count raises an error, which undoes the pipeline.
// Statements that a connection has not seen yet cost one more round trip, for
// preparing them; multi-row statements should therefore come in few sizes.
//
// When the connection breaks or the context ends after the pipeline was sent,
// nobody knows whether it was committed: the error wraps ErrUnavailable and the
// caller finds out from its checkpoint.
//
// # Reading
//
// Queries have their own connections, which the server holds to read only, so
// that a crowd of readers cannot starve the projectors. One query is one
// statement and hence one snapshot.
//
// # Schemas
//
// Create, Drop and Promote are each one transaction, so a crash leaves the old
// state or the new one. Calls for one schema are put in order by an advisory
// lock. A name is looked up table by table, so a reader in the middle of that
// could meet one old and one new table; therefore Promote first locks every
// table of both schemas. It waits for these locks only for a moment (less than
// deadlock_timeout) and else gives all of them back and tries again: whoever
// reads or writes meanwhile waits briefly and never fails.
//
// # Leadership
//
// A lease is a session advisory lock on a connection of its own, never of a
// pool, so no connection recycling loses it. Its states:
//
//	connecting ─► candidate ─try lock, ≤ 1 s apart─► leader ─Release─► ended
//	     ▲            │                                │
//	     └──broken────┘                                └─ping fails─► lost
//
// The leader pings every second. The server ends a leadership session that was
// silent for three seconds, so a frozen leader frees its place within five
// seconds, and learns of that with the first ping after it wakes: until then
// two may think they lead, which the checkpoints make harmless.
//
// # Ownership
//
// A DB owns two pools and the goroutine of every lease. Close ends the leases
// and the candidates, waits for calls in flight, then closes the pools.
package postgres
