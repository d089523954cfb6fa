// Package transport serves an embedded event node over gRPC to the official
// clients of EventStoreDB, with the real server's semantics.
//
// # Concurrency
//
// Every call runs on a goroutine of the gRPC server and shares nothing with
// others but the node; only those of BatchAppend on one connection share a bound
// on what they hold. A read and a subscription pull pages from the node and
// send them one after the other: a client that stops reading is held back by
// the flow control of its own connection, costs two pages of memory and delays
// nobody. There is no queue between the log and a client.
//
// An append is received to its end before it is decided, also when it is
// refused: clients lose an answer that comes earlier. It may still be carried
// out when its deadline passes first; sent again, it is recognised by its ids. It
// has at most 1 MiB, as the real server limits it, and 10,000 events, which that
// one does not limit: a million empty ones would be more memory than they say.
//
// # BatchAppend
//
// One goroutine of the call receives. It owns an append from its first part on,
// but while that is unfinished, when it lies in the call's map: whoever takes it
// out there, under the lock, has it, be it the receiver with the next part, the
// timer of its deadline or the end of the call. With its last part an append is
// submitted to the node in the order of the last parts, and a goroutine of its
// own waits for what becomes of it. The call's first goroutine sends the answers,
// in the order in which they come. Each append has one answer: also what follows
// in parts behind a refusal is passed over. The call ends when it is closed (its
// client sends no more or has left, the server stops, the node takes no appends)
// and what was under way has been answered; unless its client sends no more, it
// ends with an error, which answers what is unfinished.
//
// Unfinished appends wait for their client and hold at most 8 MiB in a call and
// 32 MiB on a connection; one that would hold more is refused. Appends under way
// wait for the node and for the client to take the answer, and hold at most 16
// and 64 MiB; a call beyond that receives no more, which holds its client back.
// An append counts for 4 KiB there, and an event for 256 bytes, beside what it
// carries, so that the number of appends is bounded too.
//
// # Subscriptions
//
// A subscription catches up from the file and goes on from memory at the
// position, or revision, where that ended, so that the switch neither drops nor
// repeats an event. It ends with the client's call, when the server stops, when
// the node closes, and a stream's behind the tombstone. Metadata limits what it
// catches up with; what is live is new and goes out.
//
// # Positions of all streams
//
// A position is 0, an event's (a scavenged one's too), or above the end; any other
// number is an invalid position, as it is to the real server from 24.10 on: a read
// fails with InvalidArgument, a subscription behind its confirmation. A read
// forwards above the end finds nothing, one backwards is refused, and a subscription
// there begins at the end.
//
// # Filters
//
// An expression has at most 4 KiB and 100 opening brackets, and a filter 1,000
// prefixes of 64 KiB together; beyond that it is InvalidArgument, before anything
// is compiled. An expression that Go's regexp package knows is matched by it, in linear time;
// any other is one of .NET's and may take long: after 100 ms on one name the call
// ends with InvalidArgument. The clock for that is one goroutine of the process,
// which ends by itself about a second after the last such match.
//
// A subscription with a filter is told how far it has come each time that window
// times multiplier events have been considered, and when it has caught up, never
// twice of the same place, and never of the place from which it began. Where the
// prefixes of its filter are the product's, runs of others' events are passed over
// unread; they count as considered, and of the checkpoints that were due among them
// the last is told.
//
// Persistent subscriptions belong to the node and are shared by all listeners of
// the server; package persistent says how. A consumer's call sends events on its
// own goroutine and receives acknowledgements on a second one, which ends with it.
package transport
