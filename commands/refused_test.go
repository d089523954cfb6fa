package commands_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// refusing is a log that refuses the next appends, or to say where it ends.
type refusing struct {
	eventlog.Log
	refusal       eventlog.Refusal
	appends, ends atomic.Int64
	refused       atomic.Int64
}

func (l *refusing) refuse(left *atomic.Int64) error {
	if left.Add(-1) < 0 {
		return nil
	}
	l.refused.Add(1)
	return &eventlog.RefusedError{Refusal: l.refusal, Call: "call", Err: errors.New("no")}
}

func (l *refusing) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if err := l.refuse(&l.appends); err != nil {
		return eventlog.Appended{}, err
	}
	return l.Log.Append(ctx, stream, expected, events)
}

func (l *refusing) End(ctx context.Context) (eventlog.Position, error) {
	if err := l.refuse(&l.ends); err != nil {
		return eventlog.Start, err
	}
	return l.Log.End(ctx)
}

func TestUpdate_says_what_the_store_refuses_and_does_not_try_again(t *testing.T) {
	t.Parallel()
	for _, refusal := range []eventlog.Refusal{eventlog.RefusedCredentials, eventlog.RefusedRights} {
		log := &refusing{Log: openLog(t, t.TempDir()), refusal: refusal}
		i := newInstance(t, log)
		log.appends.Store(1)
		id := uuid.New()
		_, err := i.Update(t.Context(), id, request(), start)
		wantCode(t, err, domain.CodeUnavailable)
		if e, _ := errors.AsType[*domain.Error](err); !strings.Contains(e.Message, refusal.Advice()) || e.RetryAfter <= 0 {
			t.Errorf("%s is answered with %q, to be tried again after %v", refusal, e.Message, e.RetryAfter)
		}
		if n := log.refused.Load(); n != 1 {
			t.Errorf("it was refused %d times", n)
		}
		i.must(t, id, request(), start)
	}
}

func TestUpdate_tries_again_where_the_store_takes_no_writes_for_a_moment(t *testing.T) {
	t.Parallel()
	log := &refusing{Log: openLog(t, t.TempDir()), refusal: eventlog.RefusedWrites}
	i := newInstance(t, log)
	log.appends.Store(2)
	i.must(t, uuid.New(), request(), start)
}

func TestFollower_waits_until_it_is_refused_no_more(t *testing.T) {
	t.Parallel()
	log := &refusing{Log: openLog(t, t.TempDir()), refusal: eventlog.RefusedCredentials}
	log.ends.Store(3)
	i := newInstance(t, log) // waits until it has begun
	if n := log.refused.Load(); n != 3 {
		t.Errorf("it was refused %d times", n)
	}
	i.started(t)
}

// secretive is a log that shows no metadata of streams.
type secretive struct{ eventlog.Log }

func (l secretive) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	if !strings.HasPrefix(stream, "$$") {
		return l.Log.ReadStream(ctx, stream, from, limit)
	}
	return func(yield func(eventlog.Recorded, error) bool) {
		yield(eventlog.Recorded{}, &eventlog.RefusedError{Refusal: eventlog.RefusedRights, Call: "read " + stream, Err: errors.New("no")})
	}
}

func TestCommands_on_what_never_was_need_no_right_to_metadata(t *testing.T) {
	t.Parallel()
	w := newWorldOver(t, secretive{openLog(t, t.TempDir())})
	for name, does := range onEach {
		if wantCode(t, does(w, uuid.New()), domain.CodeNotFound); t.Failed() {
			t.Fatal(name)
		}
	}
}
