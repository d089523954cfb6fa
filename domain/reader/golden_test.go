package reader_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/domaintest"
	"parley/domain/reader"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	at := time.Date(2026, 6, 3, 7, 23, 24, 123456000, time.UTC)
	id := uuid.MustParse("0197a2b0-0000-7000-8000-000000000001")
	domaintest.Golden(t, reader.Types,
		reader.ConversationRead{Organization: "acme", Person: domain.User("ada"), Conversation: id, UpTo: 7, At: at},
		reader.AllRead{
			Organization: "acme", Person: domain.CustomerUser("bob"),
			Marks: []reader.Mark{{Conversation: id, UpTo: 7}}, At: at,
		},
		reader.ConversationMarkedUnread{Organization: "acme", Person: domain.User("ada"), Conversation: id, From: 3, OwnRead: 6, At: at},
		reader.ConversationMuted{Organization: "acme", Person: domain.CustomerUser("bob"), Conversation: id, Stay: 2, At: at},
		reader.ConversationUnmuted{Organization: "acme", Person: domain.CustomerUser("bob"), Conversation: id, At: at},
	)
}
