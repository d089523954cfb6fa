package commands_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/settings"
)

var longAgo = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// idle is an active conversation in which nothing has happened for years.
func (w *world) idle() uuid.UUID {
	w.Helper()
	id := uuid.New()
	_, err := w.Repository.Update(w.Context(), id, w.by(root), func(l loaded) ([]event, error) {
		return l.State.StartImported(conversation.ImportConversation{
			Import: conversation.Import{Key: id.String()}, Organization: acme, Name: "Idle", Owner: "ada", CustomerUser: "bob", StartedAt: longAgo,
		})
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// afterAnHour closes what has been idle for an hour.
func afterAnHour() settings.Change {
	return settings.Change{Workflow: settings.WorkflowChange{AutoCloseAfter: new(int64(3600))}}
}

// closings counts how often the conversation was closed.
func (w *world) closings(id uuid.UUID) (n int) {
	w.Helper()
	for _, e := range w.events(id) {
		if _, closed := e.(conversation.Closed); closed {
			n++
		}
	}
	return n
}

func closeIdle(w *world, id uuid.UUID) error {
	return commands.CloseIdleConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
		commands.CloseIdleConversation{Organization: acme, ID: id})
}

func TestCloseIdleConversation_closes_once_in_the_name_of_the_system(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(afterAnHour())
	id := w.idle()
	before := len(w.events(id))
	for range 2 {
		if err := closeIdle(w, id); err != nil {
			t.Fatal(err)
		}
	}
	sameEvents(t, []event{conversation.Closed{Cause: conversation.ByInactivity}}, w.events(id)[before:])
	if m := w.lastMeta(id); m.Actor != domain.System || m.Channel != domain.ChannelSystem || m.Organization != acme {
		t.Errorf("it was closed by %+v", m)
	}
}

func TestCloseIdleConversation_leaves_alone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	settled := afterAnHour()
	for _, c := range []struct {
		name   string
		change settings.Change
		id     func() uuid.UUID
	}{
		{"what is idle where nothing is set", settings.Change{}, w.idle},
		{"what has moved since it was found", settled, func() uuid.UUID { return w.given() }},
		{"what is idle while the workflow is off", settings.Change{Workflow: settings.WorkflowChange{Enabled: new(false)}}, w.idle},
		{"what is idle while conversations are switched off", settings.Change{
			Enabled: new(false), Workflow: settings.WorkflowChange{Enabled: new(true)},
		}, w.idle},
		{"what never was", settings.Change{Enabled: new(true)}, uuid.New},
	} {
		id := c.id()
		w.set(c.change)
		if err := closeIdle(w, id); err != nil || w.closings(id) > 0 {
			t.Errorf("%s is closed (%v)", c.name, err)
		}
	}
	foreign := w.idle()
	err := commands.CloseIdleConversationHandler{Conversations: w.Conversations}.Handle(t.Context(),
		commands.CloseIdleConversation{Organization: "umbrella", ID: foreign})
	if err != nil || w.closings(foreign) > 0 {
		t.Errorf("another organization's is closed (%v)", err)
	}
}

// stale is a read model that takes everything for idle, for ever.
type stale []uuid.UUID

func (stale) Organizations(context.Context) ([]string, error) { return []string{"nobody's", acme}, nil }

func (s stale) Longest(_ context.Context, organization string, behind conversation.Idle, limit int) (page []conversation.Idle, _ error) {
	if organization != acme {
		return nil, errors.New("nothing is set there")
	}
	from := slices.Index(s, behind.ID) + 1
	for _, id := range s[from:min(from+limit, len(s))] {
		page = append(page, conversation.Idle{ID: id, Since: longAgo})
	}
	return page, nil
}

// broken is a log in which some streams cannot be read.
type broken struct {
	eventlog.Log
	ids   []uuid.UUID
	tried atomic.Int64
}

func (b *broken) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	if slices.ContainsFunc(b.ids, func(id uuid.UUID) bool { return strings.HasSuffix(stream, id.String()) }) {
		b.tried.Add(1)
		return func(yield func(eventlog.Recorded, error) bool) { yield(eventlog.Recorded{}, errors.New("unreadable")) }
	}
	return b.Log.ReadStream(ctx, stream, from, limit)
}

// closer is an instance that closes by itself, whoever leads.
func (w *world) closer(idling conversation.Idling) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	ended, log := make(chan struct{}), slog.New(slog.DiscardHandler)
	c := commands.AutoCloser{Idling: idling, Close: commands.CloseIdleConversationHandler{Conversations: w.Conversations}, Logger: log, Page: 3}
	go func() {
		defer close(ended)
		c.Run(ctx, nil)
	}()
	w.Cleanup(func() { cancel(); <-ended })
}

func TestAutoCloser_closes_all_that_is_due_and_goes_on_where_some_fail(t *testing.T) {
	t.Parallel()
	log := &broken{Log: openLog(t, t.TempDir()), ids: []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New()}}
	w := newWorldOver(t, log)
	w.set(afterAnHour())
	due, moved := stale(slices.Clone(log.ids)), w.given()
	for range 5 {
		due = append(due, w.idle())
	}
	w.closer(append(due, moved))
	for _, id := range due[len(log.ids):] {
		eventually(t, "it is closed behind those that fail", func() bool { return w.closings(id) == 1 })
	}
	tried := log.tried.Load()
	eventually(t, "those that failed are tried again", func() bool { return log.tried.Load() > tried })
	for _, id := range due[len(log.ids):] {
		if n := w.closings(id); n != 1 {
			t.Errorf("one was closed %d times", n)
		}
	}
	if w.closings(moved) > 0 {
		t.Error("one that is not idle was closed")
	}
}

func TestAutoCloser_closes_once_on_two_instances_at_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var due stale
	for range 30 {
		due = append(due, w.idle())
	}
	w.set(afterAnHour())
	other := w.another()
	w.closer(due)
	other.closer(due)
	for _, id := range due {
		eventually(t, "it is closed", func() bool { return w.closings(id) > 0 })
	}
	for _, id := range due {
		if n := w.closings(id); n != 1 {
			t.Errorf("one was closed %d times", n)
		}
	}
}
