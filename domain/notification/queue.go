package notification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Queue is the port to what waits: messages whose recipients are not decided,
// and deliveries that are due. It may be behind the log, so what it returns is
// decided or claimed again at the exact revision before anything happens.
type Queue interface {
	// Undecided returns messages, and edits that mention somebody, without a
	// decision, oldest first.
	Undecided(ctx context.Context, limit int) ([]Undecided, error)
	// Due returns deliveries that are due at a time, longest due first.
	Due(ctx context.Context, now time.Time, limit int) ([]Due, error)
	// NextDue returns when the next delivery that is not yet due will be, and
	// the zero time when there is none.
	NextDue(ctx context.Context, now time.Time) (time.Time, error)
}

// Undecided is a message, or an edit of one, that somebody may have to be told
// about, with the people who take part now or are mentioned.
type Undecided struct {
	Organization string
	Source       uuid.UUID // id of the event
	SourceType   string
	Edit         bool // it is an edit, which only those are told whom it mentions
	Conversation uuid.UUID
	Author       domain.Person
	From         domain.Person
	Internal     bool
	At           time.Time
	People       []Reachable
}

// Reachable is a person and how to reach them. Muted says that they want no mail
// of the conversation.
type Reachable struct {
	Person domain.Person
	// Mentioned says that the source event mentions the person, who else takes
	// part.
	Mentioned bool
	Muted     bool
	Known     bool // mirrored and not removed
	Enabled   bool
	Email     string
	Locale    string
}

// Due is a delivery to attempt. Revision is the place of its message in the
// conversation's stream, and -1 when the message is gone.
type Due struct {
	Organization string
	Notification uuid.UUID
	Recipient    int
	Conversation uuid.UUID
	Revision     int64
}
