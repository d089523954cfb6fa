package conversation_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/domaintest"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	at := time.Date(2026, 6, 3, 7, 23, 24, 123456000, time.UTC)
	order := domain.Record{Type: "order", ID: "1001"}
	domaintest.Golden(t, conversation.Types,
		conversation.Started{
			Organization: "acme", Name: "Late delivery", Owner: "ada", CustomerUser: "bob", Customer: "northwind",
			Source: &order, Starter: domain.User("ada"), Import: &conversation.Import{Key: "k-1", Fingerprint: "f-1"}, At: at,
		},
		conversation.Renamed{Name: "Delivery", At: at},
		conversation.OwnerChanged{Owner: "eve", At: at},
		conversation.CustomerUserChanged{CustomerUser: "carl", Customer: "contoso", At: at},
		conversation.SourceChanged{Source: &order, At: at},
		conversation.ParticipantJoined{Person: domain.User("ada"), At: at},
		conversation.ParticipantLeft{Person: domain.CustomerUser("bob"), At: at},
		conversation.ContextAttached{Context: order, At: at},
		conversation.ContextDetached{Context: order, At: at},
		conversation.MessageAdded{
			Number: 7, PublicNumber: 5, Body: "Where is it?\nRegards — “Bob” <b@x>",
			From: domain.CustomerUser("bob"), Author: domain.User("ada"), Internal: true,
			Mentions: []domain.Person{domain.User("eve")}, At: at,
			Attachments: attachment.Files{{
				ID: uuid.MustParse("0198b1b4-5a5e-7d2c-9b62-0d6f5a0f7c11"), Name: "Mängelliste “neu”.pdf", Size: 48213,
				ContentType: "application/pdf", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
				Blob: uuid.MustParse("4f1c2a30-8f14-4f0a-8a5b-0f7f3f3f9d01"),
			}},
		},
		conversation.MessageEdited{
			Number: 7, PublicNumber: 5, Body: "Where are they?", Internal: true,
			Mentions: []domain.Person{domain.CustomerUser("bob")}, Mentioned: []domain.Person{domain.User("eve")}, At: at,
		},
		conversation.MessageRedacted{Number: 7, PublicNumber: 5, Internal: true, At: at},
		conversation.AttachmentBarred{Attachment: uuid.MustParse("0198b1b4-5a5e-7d2c-9b62-0d6f5a0f7c11"), At: at},
		conversation.Closed{Reason: "answered", Cause: conversation.ByInactivity, At: at},
		conversation.Reopened{Reason: "asked again", Cause: conversation.ByReply, At: at},
		conversation.Deleted{At: at},
		conversation.Restored{At: at},
		conversation.Purged{Organization: "acme", At: at},
		conversation.Removed{Reason: "the beginning of its stream is gone", At: at},
	)
}
