// Package snapshots keeps snapshots of long streams as rows of the schema ops.
//
// # Ordering and ownership
//
// Save puts a snapshot into a bounded queue and returns; when the queue is full
// the snapshot is dropped, since the next one comes by itself. Run, of which
// there is one, owns the writing: it takes what has queued up, keeps the newest
// of each stream and writes them in one transaction.
//
// # Crash points
//
// Whatever was queued is lost with the process, and whatever the database
// refuses is dropped: a lost snapshot only makes the next cold fold longer. The
// schema is created when it is found missing, by Run.
package snapshots
