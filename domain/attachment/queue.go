package attachment

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Queue is the port to blobs that may have to be discarded or removed. It may be
// behind the log, so what it returns is decided again, on the file's own state.
type Queue interface {
	// Due returns at most limit blobs, oldest first, that were last used up to a
	// time and are on no message, and those that are discarded and not yet
	// removed.
	Due(ctx context.Context, since time.Time, limit int) ([]Due, error)
	// Next returns when the first blob behind a time was last used that is on no
	// message, or the zero time when there is none.
	Next(ctx context.Context, since time.Time) (time.Time, error)
}

// Due is a blob of a file that may have to be cleaned up.
type Due struct {
	Organization string
	Attachment   uuid.UUID
	Blob         uuid.UUID
}
