// Package projectiontest runs a read model on every database that the product
// knows, from a history of events to rows that a test can compare.
//
//	tables := projectiontest.Run(t, inboxes.Projection, manifests,
//		projectiontest.Event{Stream: s, Data: conversation.Started{…}},
//		projectiontest.Event{Stream: s, Data: conversation.MessageAdded{…}},
//	)
//	tables.Golden(t)                                     // testdata/<test>.golden, written with -update
//	got := tables.Select("threads", "person_id, cursor") // []string{"u1|3", …}
//
// Run applies the history event by event with every batch delivered twice, in
// batches of a few, in one big batch, and by two projectors that race as those of
// two instances would; on PostgreSQL and on SQLite; then rebuilds it beside
// itself, also from what a scavenge leaves of streams that are over. All must give
// the same rows. A history may hold tombstones. A Replaceable is a log in whose place
// another one can be put. Fill puts a history
// into one database, for tests of queries, and Each runs a test on all of them.
package projectiontest
