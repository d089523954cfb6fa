// Package eventstore is the event log over a real EventStoreDB or KurrentDB, a
// node or a cluster, from version 23.10 on, through the official client.
//
// The client by itself hangs, panics or stays dead after a short outage, so it
// is never used bare. One supervisor owns the connection, and every call borrows
// it.
//
// # Ownership
//
// A line is one client on one connection, with the calls that are in flight on it.
// The [Store] hands out at most one line at a time; while there is none, calls wait
// for the next within their contexts. Whoever finds a line dead retires it: it takes
// no new calls, its streams are cancelled, and the last call to leave it closes the
// client. The client is therefore never closed under a call, which would bring
// the process down. A call that is just entering the client when its connection
// breaks makes the client connect anew by itself and forget the broken connection
// unclosed: at most one for each time the connection is lost. It carries no call,
// tries to reach its server at intervals that grow to two minutes, and gives up
// half an hour after the last call.
//
// Only the supervisor makes lines. It probes all seeds at the same time, each with a
// client that has no other user and gives up at once, and takes those that answer,
// with a jittered pause between tries that grows to a second, for ever. Then, before
// anybody uses the line: the leader reads the end of $all; the version is looked at; a
// subscription to nothing is opened, which ends with the connection and ends the line
// with it, for gRPC and the client would go on with another connection by themselves;
// and the log is compared. The supervisor also asks a line that has been silent for a
// heartbeat, and one on which a call got no answer, whether it is still there; so
// a connection that swallows everything is replaced within seconds.
//
// Every call into the client runs in a goroutine of its own, because the client
// ignores contexts while it looks for a server. The caller leaves when its context
// ends; the goroutine leaves the line when the client lets it go, at the latest
// when the server is back. No new calls enter meanwhile, so their number is
// bounded by the calls in flight when the server went away.
//
// An era is the time of one log at the other end. It owns all that is known of that
// log: the events by which it is recognised, the positions that it handed out last,
// the trunks. Each call and subscription belongs to the era in which it began.
//
// A feed is a server subscription that outlives connections; it fills a sink. A
// follower that has to catch up owns a feed and its queue. Followers of one prefix
// that are near the head of the log are members of its trunk: one feed that fills a
// ring, however many they are. So an event crosses the wire, and is decoded, once.
// The trunk is the era's: the first follower that has caught up starts it from
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
// The server filters: what others write never crosses the wire. It may never say how
// far it has searched without finding anything, so nothing waits for that. A pump
// reads the log's end from the leader, then subscribes on the same line; when the
// server says that it has caught up, that end has been passed, and the sink is told so
// before it is told that it is live. A follower that joins a trunk has asked for the
// end when it began, and joins only when itself or the trunk has passed it.
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
// A read of the log with a prefix is a subscription, too: it ends when the server has
// caught up, at the end that the log had, or at the limit. It is as patient as the line,
// because a search is silent while it finds nothing.
//
// # Positions
//
// Positions are the commit positions of the server, which handed them out; none is
// computed. A number from outside is checked once, before rings and trunks are looked
// at: one that was handed out lately is known, another is read from (inclusively, one
// event). Above the end there is nothing to read. A number that is no event's is
// refused, by servers up to 23.10 with words that may mean anything, so it counts only
// when it is refused twice while the end of the log is answered between. An event
// behind the number is accepted: the one that was there has been scavenged. All of
// this is asked of the leader, and so is every read; only subscriptions stay where they
// are until their connection ends.
//
// # What is unknown when
//
// An append that ends without a definite answer (no answer in time, connection
// lost, write timed out on the server) may or may not have taken place. It is sent
// again, same bytes, ids and revision, until the answer is definite: the server
// recognises the ids and gives the first result. It does not for a stream that was
// deleted and begun anew: there the stream is looked at. Only when the context ends
// first, the store is closed or the log replaced, does the caller get an error, and
// does not know; it wraps [eventlog.ErrUnavailable] or is [eventlog.ErrLogChanged].
// The server may even perform the append after that. The same append may be sent again
// at any time later. [eventlog.ErrClosed] without ErrUnavailable means that nothing was
// sent.
//
// A server that does not lead refuses and names the leader; nothing was done, and the
// next line goes there.
//
// A read that breaks off is continued behind the last event it yielded. It ends
// without an error only when the server has said that there is no more. Damage
// that the server finds ends it, and a subscription, with an
// [eventlog.DamagedError]: Parley's node names the position in the status'
// details; another server does not, and it is then the last position that was
// reached, or zero.
//
// # Another log
//
// The supervisor compares the log of each new line with that of the era, by the first
// event of $all and by the one with the highest position of those handed out or
// acknowledged. It is another one when either is another event, lies before what was
// the first, or is not there. What is gone proves nothing; when both are gone it is
// taken for the same. Only the leader is asked, and it is believed when it says so
// twice, a while apart: a server may be behind. Until then there is an outage.
//
// Then, in this order: the next era is there for whoever begins now, and waits for a
// line; the former one has ended, so that who waits, who reads and who follows fails
// with [eventlog.ErrLogChanged], whatever they have come to meanwhile; those who
// registered with OnReplaced forget, one after the other; the new log's first event is
// remembered; calls get the line. If the line breaks before that, the next one is
// compared with what the new era knows by then, which may be nothing: the log that is
// there is then the era's. Who forgets must not call the log: it would wait for itself.
//
// What was known is lost with the process: another log that is put in place while
// nobody runs is for those to notice who keep positions.
//
// # Trouble
//
// What is neither an answer nor an outage is a refusal, and one of a known kind if its
// words say so. It is logged at once, and once a minute while it lasts, and is the
// store's trouble until the call works, or nobody has met it for a minute. Of calls
// that are made for one person's command only that counts which would meet every
// other one: credentials, rights, or writes that come to nothing again and again while
// reads are answered. Followers go on for as long as they are refused; who asks for
// something gets the refusal once it is definite or time is up.
//
// Times are the server's, cut to microseconds.
package eventstore
