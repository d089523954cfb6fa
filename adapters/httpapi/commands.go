package httpapi

import "parley/commands"

// Commands are what routes make happen.
type Commands struct {
	StartConversation   commands.StartConversationHandler
	UpdateConversation  commands.UpdateConversationHandler
	DeleteConversation  commands.DeleteConversationHandler
	RestoreConversation commands.RestoreConversationHandler
	PurgeConversation   commands.PurgeConversationHandler
	DeleteConversations commands.DeleteConversationsHandler
	CloseConversations  commands.CloseConversationsHandler
	ReopenConversations commands.ReopenConversationsHandler
	AssignConversations commands.AssignConversationsHandler
	ReadConversations   commands.ReadConversationsHandler
	UploadAttachment    commands.UploadAttachmentHandler
	AddMessage          commands.AddMessageHandler
	EditMessage         commands.EditMessageHandler
	RedactMessage       commands.RedactMessageHandler
	AttachContext       commands.AttachContextHandler
	DetachContext       commands.DetachContextHandler
	AddParticipant      commands.AddParticipantHandler
	RemoveParticipant   commands.RemoveParticipantHandler
	CloseConversation   commands.CloseConversationHandler
	ReopenConversation  commands.ReopenConversationHandler
	MarkRead            commands.MarkReadHandler
	MarkAllRead         commands.MarkAllReadHandler
	MarkUnread          commands.MarkUnreadHandler
	MuteConversation    commands.MuteConversationHandler
	UnmuteConversation  commands.UnmuteConversationHandler
	MirrorPerson        commands.MirrorPersonHandler
	RemovePerson        commands.RemovePersonHandler
	MirrorRecord        commands.MirrorRecordHandler
	RemoveRecord        commands.RemoveRecordHandler
	MirrorRecordType    commands.MirrorRecordTypeHandler
	RemoveRecordType    commands.RemoveRecordTypeHandler
	MirrorCustomer      commands.MirrorCustomerHandler
	RemoveCustomer      commands.RemoveCustomerHandler
	MirrorBusinessUnit  commands.MirrorBusinessUnitHandler
	RemoveBusinessUnit  commands.RemoveBusinessUnitHandler
	ImportLine          commands.ImportLineHandler
	ChangeSettings      commands.ChangeSettingsHandler
}

// done is the answer of commands that show nothing.
func done(d commands.Done, err error) (answer, error) {
	return answer{status: 204, position: d.Position}, err
}
