package attachment_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/domaintest"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	at := time.Date(2026, 6, 3, 7, 23, 24, 123456000, time.UTC)
	blob := uuid.MustParse("4f1c2a30-8f14-4f0a-8a5b-0f7f3f3f9d01")
	call := uuid.MustParse("0198b1b4-5a5e-7d2c-9b62-0d6f5a0f7c12")
	domaintest.Golden(t, attachment.Types,
		attachment.UploadBegun{Organization: "acme", Uploader: domain.User("ada"), Blob: blob, At: at},
		attachment.Uploaded{Organization: "acme", Uploader: domain.User("ada"), At: at, File: attachment.File{
			ID: call, Name: "Mängel “neu”.pdf", Size: 48213, ContentType: "application/pdf", SHA256: "9f86d081", Blob: blob,
		}},
		attachment.Held{Conversation: call, Blob: blob, Holder: call, Call: call, At: at},
		attachment.Released{Blob: blob, Call: call, At: at},
		attachment.Discarded{Organization: "acme", Blob: blob, Reason: attachment.Purged, At: at},
		attachment.Removed{Blob: blob, At: at},
	)
}
