package httpapi

// right is a row of the policy: what an operation asks of its caller. Each
// operation names its own where it is declared, the published document shows it,
// and what each kind of caller then gets is one table, which a test runs over
// all mounted routes. The rows themselves are kept where commands and queries
// decide, by [access.Actor].
type right string

// The rows. Those on a conversation answer 404 to whoever may not view it.
const (
	// noIdentity: anybody, signed in or not.
	noIdentity right = "nothing"
	// onlyIdentity: whoever is signed in; what is shown is the caller's own, or
	// what the caller may view of all.
	onlyIdentity right = "identity"
	// rightToViewRecord: to view the record or the person in the path; else 404.
	rightToViewRecord right = "view-record"
	// rightToCreate: to start conversations.
	rightToCreate right = "create"
	// rightToView: to view the conversation.
	rightToView right = "view"
	// rightToMute: to take part in it.
	rightToMute right = "mute"
	// rightToAddMessage: to write in it.
	rightToAddMessage right = "add-message"
	// rightToEditMessage: to write in it, for the message's own author.
	rightToEditMessage right = "edit-message"
	// rightToRedact: to administer, on a conversation in view.
	rightToRedact right = "redact"
	// rightToEdit: to change it, its contexts and its participants.
	rightToEdit right = "edit"
	// rightToAssign: to give it to another owner.
	rightToAssign right = "assign"
	// rightToDelete: to delete it.
	rightToDelete right = "delete"
	// rightToRestore: to delete it, which is gone for everybody else.
	rightToRestore right = "restore"
	// rightToPurge: to delete and to administer it, which is gone for everybody else.
	rightToPurge right = "purge"
	// rightToTransition: to close and reopen it.
	rightToTransition right = "transition"
	// rightToAdministerIt: to administer, on a conversation in view, deleted ones
	// included.
	rightToAdministerIt right = "administer-conversation"
	// rightToAdminister: to administer; else 403, whatever the path names.
	rightToAdminister right = "administer"
)

// rights is every row.
var rights = map[right]bool{
	noIdentity: true, onlyIdentity: true, rightToViewRecord: true, rightToCreate: true, rightToView: true,
	rightToMute: true, rightToAddMessage: true, rightToEditMessage: true, rightToRedact: true,
	rightToEdit: true, rightToAssign: true, rightToDelete: true, rightToRestore: true, rightToPurge: true,
	rightToTransition: true, rightToAdministerIt: true, rightToAdminister: true,
}

// declared panics for an operation that names no row of the policy: it must not
// be served, and so the program does not start.
func (op operation) declared() operation {
	if !rights[op.needs] {
		panic("httpapi: " + op.id + " does not say which right it needs")
	}
	return op
}
