// Package attachment is the aggregate of one uploaded file, from the first byte
// on its way into the blob store to the last one that is removed from it.
//
// # Ordering
//
//	begun ─► blob written and synced ─► uploaded ─► held ─► the message's own event
//	  │                                    │         │ ▲
//	  │                                    │ ◄───────┘ released, when the command was refused
//	  └──────────► discarded ◄─────────────┘
//	                   └─► blob removed ─► removed
//
// Every blob is named by an event before it is written, so none is ever unknown
// to the log; and none is removed before the decision to do so is an event. A
// store is therefore never listed, and one that other things use too, or a log
// that is behind its store, loses nothing.
//
// A file is purged with its conversation: then discarded is the end of what is
// known of it, and what was before is taken out of the stream before the blob is
// recorded as removed.
//
// # Ownership
//
// Until it is on a message, a file belongs to who uploaded it. A command that
// puts it on one first holds it: then no other command may, and the clean-up
// leaves it alone. The message's event is the only proof that it is on one; a
// hold without a message is what a crash leaves, or a command under way. The
// clean-up tells them apart in two steps that cannot be overtaken: it reads the
// conversation to its tail, and, if no message has the file, appends there, at
// that very revision, that none ever will (conversation.AttachmentBarred). A
// command that was under way then meets a conflict, and the bar.
//
// # Crash points
//
//   - After begun: what was written of the blob is discarded once it is old.
//   - After the blob, before uploaded: the same; the client has no answer.
//   - After uploaded: the file waits for a message, and is discarded once it has
//     waited too long.
//   - After held, before the message: see above.
//   - After discarded: the blob is removed again and again until removed says that
//     it is gone. Removing what is not there succeeds.
package attachment
