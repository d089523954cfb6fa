package queries

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/notification"
)

//go:embed notification_queue_undecided.sql
var undecidedSQL string

//go:embed notification_queue_due.sql
var dueSQL string

const nextDueSQL = `select due_at from notifications.deliveries where due_at > $1 order by due_at limit 1`

// NotificationQueue answers what notifications wait for, for the notifier
// alone: it looks into every organization. It implements notification.Queue.
type NotificationQueue struct{ Sources }

// Undecided implements notification.Queue.
func (q NotificationQueue) Undecided(ctx context.Context, limit int) ([]notification.Undecided, error) {
	var all []notification.Undecided
	for row, err := range q.DB.Query(ctx, undecidedSQL, limit) {
		if err != nil {
			return nil, fmt.Errorf("read undecided notifications: %w", err)
		}
		var u undecidedRow
		if err := u.scan(row.Scan); err != nil {
			return nil, fmt.Errorf("read undecided notifications: %w", err)
		}
		all = u.appendTo(all)
	}
	return all, nil
}

// undecidedRow is one person of an undecided message; the person is nil for a
// message whose conversation has no participant and that mentions nobody.
type undecidedRow struct {
	notification.Undecided
	source, about string
	at            int64
	kind, person  *string
	reachable     notification.Reachable
}

func (u *undecidedRow) scan(scan func(...any) error) error {
	var mentioned, muted int64
	err := scan(&u.source, &u.SourceType, &u.Organization, &u.about,
		(*string)(&u.Author.Kind), &u.Author.ID, (*string)(&u.From.Kind), &u.From.ID, &u.Internal, &u.at,
		&u.kind, &u.person, &mentioned, &muted, &u.reachable.Known, &u.reachable.Enabled, &u.reachable.Email, &u.reachable.Locale)
	u.reachable.Mentioned, u.reachable.Muted = mentioned > 0, muted > 0
	u.Edit = u.SourceType == conversation.MessageEdited{}.EventType()
	return err
}

// appendTo adds the person to the last message, or begins the next one.
func (u *undecidedRow) appendTo(all []notification.Undecided) []notification.Undecided {
	source := uuid.MustParse(u.source)
	if len(all) == 0 || all[len(all)-1].Source != source {
		u.Source, u.Conversation, u.At = source, uuid.MustParse(u.about), time.UnixMicro(u.at).UTC()
		all = append(all, u.Undecided)
	}
	if u.kind == nil || u.person == nil {
		return all
	}
	last := &all[len(all)-1]
	u.reachable.Person = domain.Person{Kind: domain.Kind(*u.kind), ID: *u.person}
	last.People = append(last.People, u.reachable)
	return all
}

// Due implements notification.Queue.
func (q NotificationQueue) Due(ctx context.Context, now time.Time, limit int) ([]notification.Due, error) {
	var all []notification.Due
	for row, err := range q.DB.Query(ctx, dueSQL, now.UnixMicro(), limit) {
		if err != nil {
			return nil, fmt.Errorf("read due notifications: %w", err)
		}
		var d notification.Due
		var id, about string
		var recipient int64
		if err := row.Scan(&d.Organization, &id, &recipient, &about, &d.Revision); err != nil {
			return nil, fmt.Errorf("read due notifications: %w", err)
		}
		d.Notification, d.Conversation, d.Recipient = uuid.MustParse(id), uuid.MustParse(about), int(recipient)
		all = append(all, d)
	}
	return all, nil
}

// NextDue implements notification.Queue.
func (q NotificationQueue) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	for row, err := range q.DB.Query(ctx, nextDueSQL, now.UnixMicro()) {
		if err != nil {
			return time.Time{}, fmt.Errorf("read next notification: %w", err)
		}
		var due int64
		if err := row.Scan(&due); err != nil {
			return time.Time{}, fmt.Errorf("read next notification: %w", err)
		}
		return time.UnixMicro(due).UTC(), nil
	}
	return time.Time{}, nil
}
