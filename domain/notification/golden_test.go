package notification_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/domaintest"
	"parley/domain/notification"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	at := time.Date(2026, 6, 3, 7, 23, 24, 123456000, time.UTC)
	id := uuid.MustParse("0197a2b0-0000-7000-8000-000000000001")
	domaintest.Golden(t, slices.Concat(notification.Types, notification.NotifierTypes),
		notification.Decided{
			Organization: "acme", Source: id, SourceType: "conversation.message-added.v1", SourceAt: at, Conversation: id,
			Rule: "message-added", RuleVersion: 1, Template: "message-added", TemplateVersion: 1,
			Recipients: []notification.Recipient{{
				Person: domain.CustomerUser("bob"), Address: "bob@northwind.example", Locale: "de",
				Reason: notification.ReasonParticipant,
			}},
			Skipped: []notification.Skip{{Person: domain.User("ada"), Reason: notification.ReasonAuthor}},
			At:      at,
		},
		notification.AttemptStarted{Recipient: 1, Attempt: 2, At: at},
		notification.Sent{Recipient: 1, Attempt: 2, MessageID: "<1@parley>", At: at},
		notification.AttemptFailed{Recipient: 1, Attempt: 2, Status: 451, Detail: "try later", NextAt: at, At: at},
		notification.Dropped{Recipient: 1, Reason: notification.ReasonRefused, Status: 550, Detail: "no such user", At: at},
		notification.Resumed{Organization: "acme", At: at},
		notification.Paused{Organization: "acme", At: at},
		notification.Restored{Organization: "acme", At: at},
	)
}
