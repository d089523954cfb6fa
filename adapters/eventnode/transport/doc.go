// Package transport serves an embedded event node over gRPC to the official
// clients of EventStoreDB, with the real server's semantics.
//
// # Concurrency
//
// Every call runs on a goroutine of the gRPC server and shares nothing with
// others but the node. A read and a subscription pull pages from the node and
// send them one after the other: a client that stops reading is held back by
// the flow control of its own connection, costs two pages of memory and delays
// nobody. There is no queue between the log and a client.
//
// An append is received to its end before it is decided, also when it is
// refused: clients lose an answer that comes earlier. It may still be carried
// out when its deadline passes first; sent again, it is recognised by its ids.
//
// A subscription catches up from the file and goes on from memory at the
// position, or revision, where that ended, so that the switch neither drops nor
// repeats an event. It ends with the client's call, when the server stops, when
// the node closes, and a stream's behind the tombstone. Metadata limits what it
// catches up with; what is live is new and goes out.
//
// # Filters
//
// An expression that Go's regexp package knows is matched by it, in linear time;
// any other is one of .NET's and may take long: after 100 ms on one name the call
// ends with InvalidArgument. The clock for that is one goroutine of the process,
// which ends by itself about a second after the last such match.
//
// A subscription with a filter is told how far it has come each time that window
// times multiplier events have been considered, and when it goes live, never
// twice of the same place.
//
// Persistent subscriptions belong to the node and are shared by all listeners of
// the server; package persistent says how. A consumer's call sends events on its
// own goroutine and receives acknowledgements on a second one, which ends with it.
package transport
