package commands

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// PurgedConversations is the port to which conversations were purged, behind a
// position of the log, in its order; last is the position of the last of them.
type PurgedConversations interface {
	Purged(ctx context.Context, after eventlog.Position, limit int) (ids []uuid.UUID, last eventlog.Position, err error)
}

// Purger takes what was said in purged conversations out of their streams where
// the purge itself did not come to it: a crash or an outage was between. It looks
// at all of them once after every start, and once in every log that takes the place
// of another, which writes nothing where nothing is left to do, and then at those
// that come. It is no state of its own but how far it has come since.
type Purger struct {
	Purged        PurgedConversations
	Conversations *Repository[conversation.Conversation, conversation.Event]
	Logger        *slog.Logger

	after eventlog.Position
	in    *era // the log that after is a position of
}

// purgerPage is how many conversations are looked at in one step.
const purgerPage = 100

// Run works until ctx ends. Wake brings a look at once.
func (p *Purger) Run(ctx context.Context, wake <-chan struct{}) {
	DueLoop{What: "purges", Step: p.step, Logger: p.Logger}.Run(ctx, wake)
}

func (p *Purger) step(ctx context.Context) (time.Duration, error) {
	if now := p.Conversations.Follower.eras.present.Load(); now != p.in {
		p.after, p.in = eventlog.Start, now
	}
	ids, last, err := p.Purged.Purged(ctx, p.after, purgerPage)
	if err != nil || len(ids) == 0 {
		return until(time.Time{}), err
	}
	if err := doEach(ctx, 4, ids, p.Conversations.Truncate); err != nil {
		return 0, err
	}
	p.after = last
	return 0, nil
}
