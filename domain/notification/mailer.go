package notification

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Notice is what one person is told about one message.
type Notice struct {
	// ID is the same for every attempt to deliver the notice.
	ID               uuid.UUID
	Name             string // of the recipient
	Email            string
	Conversation     uuid.UUID
	ConversationName string
	Number           int // of the message, as the recipient counts
	From             string
	Body             string
	At               time.Time
	Mentioned        bool // that is why the person is told
}

// Mailer is the port to the mail system. Send returns nil once the mail system
// has taken the notice over, a *SendError when it has not or may not have.
type Mailer interface {
	Send(ctx context.Context, n Notice) error
}

// SendError says that a notice was not taken over. Permanent means that another
// try would meet the same answer. Reason is the mail system's, on one line, and
// holds no secret.
type SendError struct {
	Permanent bool
	Reason    string
}

// Error implements error.
func (e *SendError) Error() string { return e.Reason }
