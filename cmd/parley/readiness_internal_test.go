package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/sqlite"
	"parley/commands"
	"parley/domain"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/projections"
	"parley/projections/projectiontest"
)

// asked is a readiness over a log that may be in trouble or replaced, and the read
// models, which the test leads itself.
type asked struct {
	*testing.T
	*readiness
	log *projectiontest.Replaceable
}

func openEvents(t *testing.T) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: t.TempDir(), FirstPosition: 1<<32 + 977, Stride: 977})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = node.Close() })
	return node
}

func askable(t *testing.T) *asked {
	t.Helper()
	log := projectiontest.NewReplaceable(openEvents(t))
	db, err := sqlite.Open(sqlite.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	registry, err := domain.NewRegistry(directory.Types)
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	board := projections.NewBoard(log, db)
	models := newReadModels(t.Context(), projections.Config{Log: log, DB: db, Registry: registry, Board: board, Logger: logger})
	follower := commands.NewFollower(log, commands.NewKeys(nil))
	follower.OnBatch(board.Hear)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = follower.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-ended })
	<-follower.Started()
	r := newReadiness(log, follower, models)
	return &asked{t, r, log}
}

// begin begins the terms of all read models.
func (a *asked) begin() {
	a.Helper()
	for _, p := range a.models.projectors {
		if _, err := p.Begin(a.Context()); err != nil {
			a.Fatal(err)
		}
	}
}

// live lets all read models come to where nothing is waiting.
func (a *asked) live() {
	a.Helper()
	all := eventlog.Batch{Live: true}
	for e, err := range a.readiness.log.ReadAll(a.Context(), eventlog.Start, domain.StreamPrefix, 0) {
		if err != nil {
			a.Fatal(err)
		}
		all.Events, all.Position = append(all.Events, e), e.Position
	}
	for _, p := range a.models.projectors {
		if err := p.Apply(a.Context(), all); err != nil {
			a.Fatal(err)
		}
	}
}

// wants fails the test unless the server says that, or that it is ready for "".
func (a *asked) wants(reason string) {
	a.Helper()
	got := a.Readiness(a.Context())
	if got.Ready != (reason == "") || !strings.Contains(got.Reason, reason) {
		a.Errorf("ready %t, reason %q, want %q", got.Ready, got.Reason, reason)
	}
}

func (a *asked) troubled(err error, since time.Duration) {
	a.log.SetTrouble(eventlog.Trouble{Err: err, Since: time.Now().Add(-since)})
}

func (a *asked) writes() {
	a.Helper()
	e := eventlog.NewEvent{
		ID: uuid.New(), Type: directory.PersonMirrored{}.EventType(), Data: []byte("{}"),
		Metadata: []byte(`{"organization":"acme","actor":{"kind":"system","id":"system"}}`),
	}
	if _, err := a.readiness.log.Append(a.Context(), "parley_person-"+e.ID.String(), eventlog.NoStream, []eventlog.NewEvent{e}); err != nil {
		a.Fatal(err)
	}
}

func TestReadiness_comes_with_the_read_models_and_stays_when_they_fall_behind(t *testing.T) {
	t.Parallel()
	a := askable(t)
	a.wants("the server is starting")
	a.started()
	a.wants("is not ready: it is yet to be compared")
	a.begin()
	a.wants("is catching up")
	a.live()
	a.wants("")
	a.writes()
	a.wants("")
	for _, p := range a.models.projectors {
		p.End(errors.New("leadership is lost"))
	}
	a.wants("")
}

func TestReadiness_ends_when_the_event_store_refuses_or_is_long_out_of_reach(t *testing.T) {
	t.Parallel()
	a := askable(t)
	a.begin()
	a.live()
	refused := &eventlog.RefusedError{Refusal: eventlog.RefusedCertificate, Call: "connect", Err: errors.New("unknown authority")}
	a.troubled(refused, 0)
	a.wants(eventlog.RefusedCertificate.Advice()) // also before the start is over
	a.started()
	a.wants(eventlog.RefusedCertificate.Advice())
	if got := a.Readiness(t.Context()); got.Refused != eventlog.RefusedCertificate || got.Projections[0].State != "refused" || got.Projections[0].Since == nil {
		t.Errorf("want the class told, got %+v", got)
	}
	a.troubled(eventlog.ErrUnavailable, time.Second)
	a.wants("")
	a.troubled(eventlog.ErrUnavailable, 6*time.Second)
	a.wants("the event store cannot be reached")
	a.log.SetTrouble(eventlog.Trouble{})
	a.wants("")
}

func TestReadiness_ends_until_the_read_models_are_of_the_log_that_replaced_theirs(t *testing.T) {
	t.Parallel()
	a := askable(t)
	a.started()
	a.writes()
	a.begin()
	a.live()
	a.wants("")
	a.log.Replace(openEvents(t))
	a.wants("the event log was replaced by another one")
	for _, p := range a.models.projectors {
		p.End(eventlog.ErrLogChanged)
	}
	a.wants("the event log was replaced by another one")
	a.begin()
	a.wants("is catching up")
	a.live()
	a.wants("")
}
