package httpapi

// feature is what an organization can switch off as a whole by its settings.
type feature string

const (
	// conversations: everything that shows or changes them. Switched off, its
	// operations answer everybody of the organization as what is not there.
	conversations feature = "conversations"
	// always: what goes on regardless.
	always feature = "always"
)

// features says of every operation but the public ones what it is part of. A
// test refuses an operation that does not stand here; one that does not is part
// of conversations.
var features = map[string]feature{
	"start-conversation": conversations, "list-conversations": conversations, "get-conversation": conversations,
	"update-conversation": conversations, "delete-conversation": conversations, "restore-conversation": conversations,
	"purge-conversation":   conversations,
	"delete-conversations": conversations, "close-conversations": conversations, "reopen-conversations": conversations,
	"assign-conversations": conversations, "read-conversations": conversations,
	"close-conversation": conversations, "reopen-conversation": conversations,
	"add-message": conversations, "edit-message": conversations, "redact-message": conversations, "list-messages": conversations, "mark-read": conversations, "mark-unread": conversations,
	"list-readers": conversations, "mute-conversation": conversations, "unmute-conversation": conversations,
	"upload-attachment": conversations, "get-attachment": conversations,
	"attach-context": conversations, "detach-context": conversations,
	"add-participant": conversations, "remove-participant": conversations,
	"get-record-activities": conversations, "search": conversations,
	"get-unread": conversations, "list-my-conversations": conversations, "mark-all-read": conversations, "get-live": conversations,

	"get-me": always, "sign-out": always,
	"list-people": always, "list-records": always, "get-record": always, "list-record-types": always,
	"mirror-person": always, "remove-person": always, "mirror-record": always, "remove-record": always,
	"mirror-record-type": always, "remove-record-type": always, "mirror-customer": always, "remove-customer": always,
	"mirror-business-unit": always, "remove-business-unit": always,
	"import": always, "get-settings": always, "change-settings": always,
	"get-conversation-history": always, "get-events": always,
	"list-projections": always, "rebuild-projection": always, "diff-projection": always,
}

// feature returns what the operation is part of.
func (op operation) feature() feature {
	f, stands := features[op.id]
	switch {
	case op.needs == noIdentity:
		return always
	case !stands:
		return conversations
	}
	return f
}

// switchedOff refuses an operation of what the caller's organization has
// switched off.
func (op operation) switchedOff(c *call) error {
	if c.actor.Off && op.feature() == conversations {
		return errNotFound
	}
	return nil
}
