// Package stream carries the log to the projections as ordered batches, through
// Watermill. It is the only package that knows Watermill.
//
// One message is one batch of events in log order, of one consumer. The batch
// travels as a value in the message's context (see [FromContext]); metadata
// name where it starts, where it ends and how many events it has.
//
// # One subscription
//
//	       ┌────────────────────── any error; a pause ───────────────────────┐
//	       ▼                                                                 │
//	campaign ──► Begin ──► follow the log ──► batch ──► message ──► ack ──┐  │
//	 (lease)   (consumer)   behind it          ▲ ▲                        │  │
//	                                           │ └────────────────────────┘  │
//	                                           └── nack: a copy, later       │
//	                                               nack with a failure ──────┘
//
// Subscribe returns at once; a goroutine of the subscription does all this until
// the subscription's context or the subscriber ends, and only then closes the
// channel. Losing the lease, being fenced, an unknown event type, a log that was
// replaced by another one or does not know the position drop the subscription to
// the log and begin a new term, in which the consumer compares itself with the log;
// they never end the channel. The consumer's End hears which of them it was.
//
// # Order
//
// The next message of a subscription is sent after the last one was
// acknowledged. A negative acknowledgement brings a copy of the same batch,
// after a growing pause. While a batch is being applied, what arrives is
// gathered into the next one, up to 4000 events or 4 MiB, so batches grow by
// themselves with the load. Nothing waits for a batch to fill; but behind one, a
// feed rests in proportion to what it held, under load up to 250 ms, and what
// arrives meanwhile is gathered too. Whoever waits for it ends the rest.
//
// A batch is live when what it is made of was live once: who has applied it has
// come to where nothing was waiting. A batch that brings neither events nor a new
// position is sent only as the first live one of a term.
//
// # Ownership
//
// A subscription's goroutine owns the lease, the consumer's term and the
// subscription to the log, and ends them in the reverse order. It starts one
// more goroutine, which reads ahead and ends with the term. The router owns the
// goroutine of each message; the consumer's End waits for it.
//
// # Shutdown and crash points
//
// A message's context does not end with the subscription's: when that ends, the
// batch under way has the drain time to finish, and only then is its context
// cancelled. A lost lease cancels it at once. The drain time is shorter than the
// router's time to close. Whenever the process dies, the checkpoint in the
// database, which the consumer moves in the transaction of its rows, says where
// to go on: nothing here is remembered.
//
// The router ends with an error when a handler stops that nobody stopped:
// Watermill would carry on without it.
package stream
