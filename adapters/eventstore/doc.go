// Package eventstore is the event log over a real EventStoreDB or KurrentDB, a
// node or a cluster, through the official client.
//
// The client by itself hangs, panics or stays dead after a short outage, so it
// is never used bare. One supervisor owns the connection, and every call borrows
// it.
//
// # Ownership
//
// A line is one client with the calls that are in flight on it. The [Store]
// hands out at most one line at a time; while there is none, calls wait for the
// next within their contexts. Whoever finds a line dead retires it: it takes no
// new calls, its streams are cancelled, and the last call to leave it closes the
// client. The client is therefore never closed under a call, which would bring
// the process down. A call that is just entering the client when its connection
// breaks makes the client connect anew by itself and forget the broken connection
// unclosed: at most one for each time the connection is lost. It carries no call,
// tries to reach its server at intervals that grow to two minutes, and gives up
// half an hour after the last call.
//
// Only the supervisor makes lines: it first probes with a client that has no
// other user and gives up at once, with a jittered pause between probes that
// grows to a second, for ever. It also asks a line that has been silent for a
// heartbeat, and one on which a call got no answer, whether it is still there; so
// a connection that swallows everything is replaced within seconds.
//
// Every call into the client runs in a goroutine of its own, because the client
// ignores contexts while it looks for a server. The caller leaves when its context
// ends; the goroutine leaves the line when the client lets it go, at the latest
// when the server is back. No new calls enter meanwhile, so their number is
// bounded by the calls in flight when the server went away.
//
// A feed is a server subscription that outlives connections; it fills a sink. A
// follower that has to catch up owns a feed and its queue. Followers of one prefix
// that are near the head of the log are members of its trunk: one feed that fills a
// ring, however many they are. So an event crosses the wire, and is decoded, once.
// The trunk is the store's: the first follower that has caught up starts it from
// where it is, and the last member to leave ends it. Whether a follower is a member
// only its reader changes, in Next, but for its closing, which gives up membership
// and feed at once. The slices of a batch are its reader's; the bytes of events that
// come from a ring are shared, and nobody changes them.
//
// # Ordering
//
// A feed has one pump per connection and one sink. The sink knows how far the feed
// has come; a new pump starts behind that, and the sink refuses what a cancelled
// pump still brings; a pump drops what is not above its position. So events are
// handed out once each and in order however often the connection breaks. Between
// connections nobody is told that he is live.
//
// A queue holds at most a thousand events or two mebibytes, or one larger event; a
// full queue stops the pump, and flow control the server. A ring keeps the newest
// 8,192 events or eight mebibytes, waits for nobody and pushes out the oldest; it
// knows from which position on it has every event of the prefix.
//
// A follower changes its source only by position. It joins the trunk when the ring
// has all that is behind its own position, and half of the ring is still to be
// filled before it would be overrun; what its own queue had read ahead is dropped,
// for the ring has it or will. A member that was overrun, not having been read for
// too long, leaves the trunk and catches up with a feed from its position. So there
// is neither gap nor double, and a slow follower costs a subscription of its own
// and nobody else anything.
//
// # What is unknown when
//
// An append that ends without a definite answer (no answer in time, connection
// lost, write timed out on the server) may or may not have taken place. It is sent
// again, same bytes, ids and revision, until the answer is definite: the server
// recognises the ids and gives the first result. Only when the context ends first,
// or the store is closed, does the caller get an error, which wraps
// [eventlog.ErrUnavailable], and does not know; the server may even perform the
// append after that. The same append may be sent again at any time later.
// [eventlog.ErrClosed] without ErrUnavailable means that nothing was sent.
//
// A server that does not lead refuses an append and names the leader; nothing was
// done, the client turns there, and the append is sent again. Reads and
// subscriptions stay where they are until their connection ends.
//
// A read that breaks off is continued behind the last event it yielded. It ends
// without an error only when the server has said that there is no more. Damage
// that the server finds ends it, and a subscription, with an
// [eventlog.DamagedError]: Parley's node names the position in the status'
// details; another server does not, and it is then the last position that was
// reached, or zero.
//
// Positions are the commit positions of the server. Times are the server's, cut
// to microseconds.
package eventstore
