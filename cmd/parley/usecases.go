package main

import (
	"context"

	"parley/adapters/httpapi"
	"parley/adapters/markup"
	"parley/commands"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/idempotence"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/domain/snapshot"
)

// useCases are the commands of an instance and what they share.
type useCases struct {
	follower      *commands.Follower
	directory     *commands.Directory
	conversations commands.Conversations
	notifications *commands.Repository[notification.Notification, notification.Event]
	notifiers     *commands.Repository[notification.Notifier, notification.NotifierEvent]
	notifier      commands.Notifier
	purger        *commands.Purger
	autoCloser    commands.AutoCloser
	files         commands.Attachments
	cleaner       commands.DueLoop
}

func newUseCases(k *stack, receipts idempotence.Receipts, defaultOwner string, s snapshot.Store) useCases {
	keys := commands.NewKeys(receipts)
	follower := commands.NewFollower(k.log, keys)
	deps := commands.Deps{Log: k.log, Keys: keys, Follower: follower, Snapshots: s}
	u := useCases{
		follower:      follower,
		directory:     commands.NewDirectory(deps),
		notifications: commands.NewRepository(notification.Aggregate, deps),
		notifiers:     commands.NewRepository(notification.NotifierAggregate, deps),
	}
	u.conversations = commands.Conversations{
		Repository:   commands.NewRepository(conversation.Aggregate, deps),
		Readers:      commands.NewRepository(reader.Aggregate, deps),
		Files:        commands.NewRepository(attachment.Aggregate, deps),
		Directory:    u.directory,
		DefaultOwner: defaultOwner,
		Mentions:     markup.Mentions,
	}
	return u
}

// switchNotifier records whether mail can leave.
func (u useCases) switchNotifier(ctx context.Context, running bool) error {
	return commands.SwitchNotifierHandler{Notifiers: u.notifiers}.Handle(ctx, commands.SwitchNotifier{Running: running})
}

// forAPI returns the commands that routes take.
func (u useCases) forAPI() httpapi.Commands {
	c, d := u.conversations, u.directory
	return httpapi.Commands{
		StartConversation:   commands.StartConversationHandler{Conversations: c},
		UploadAttachment:    commands.UploadAttachmentHandler{Attachments: u.files},
		AddMessage:          commands.AddMessageHandler{Conversations: c},
		EditMessage:         commands.EditMessageHandler{Conversations: c},
		RedactMessage:       commands.RedactMessageHandler{Conversations: c},
		AttachContext:       commands.AttachContextHandler{Conversations: c},
		DetachContext:       commands.DetachContextHandler{Conversations: c},
		CloseConversation:   commands.CloseConversationHandler{Conversations: c},
		ReopenConversation:  commands.ReopenConversationHandler{Conversations: c},
		UpdateConversation:  commands.UpdateConversationHandler{Conversations: c},
		DeleteConversation:  commands.DeleteConversationHandler{Conversations: c},
		DeleteConversations: commands.DeleteConversationsHandler{Conversations: c},
		CloseConversations:  commands.CloseConversationsHandler{Conversations: c},
		ReopenConversations: commands.ReopenConversationsHandler{Conversations: c},
		AssignConversations: commands.AssignConversationsHandler{Conversations: c},
		ReadConversations:   commands.ReadConversationsHandler{Conversations: c},
		RestoreConversation: commands.RestoreConversationHandler{Conversations: c},
		PurgeConversation:   commands.PurgeConversationHandler{Conversations: c},
		AddParticipant:      commands.AddParticipantHandler{Conversations: c},
		RemoveParticipant:   commands.RemoveParticipantHandler{Conversations: c},
		MarkRead:            commands.MarkReadHandler{Conversations: c},
		MarkAllRead:         commands.MarkAllReadHandler{Conversations: c},
		MarkUnread:          commands.MarkUnreadHandler{Conversations: c},
		MuteConversation:    commands.MuteConversationHandler{Conversations: c},
		UnmuteConversation:  commands.UnmuteConversationHandler{Conversations: c},
		MirrorPerson:        commands.MirrorPersonHandler{Directory: d},
		RemovePerson:        commands.RemovePersonHandler{Directory: d},
		MirrorRecord:        commands.MirrorRecordHandler{Directory: d},
		RemoveRecord:        commands.RemoveRecordHandler{Directory: d},
		MirrorRecordType:    commands.MirrorRecordTypeHandler{Directory: d},
		RemoveRecordType:    commands.RemoveRecordTypeHandler{Directory: d},
		MirrorCustomer:      commands.MirrorCustomerHandler{Directory: d},
		RemoveCustomer:      commands.RemoveCustomerHandler{Directory: d},
		MirrorBusinessUnit:  commands.MirrorBusinessUnitHandler{Directory: d},
		RemoveBusinessUnit:  commands.RemoveBusinessUnitHandler{Directory: d},
		ImportLine:          commands.ImportLineHandler{Conversations: c},
		ChangeSettings:      commands.ChangeSettingsHandler{Directory: d},
	}
}
