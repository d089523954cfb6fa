package commands_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// unsure is a log whose next appends end without an answer: those counted in
// heard took place, the others did not, or will only when land is called.
type unsure struct {
	eventlog.Log
	unheard, lost atomic.Int64
	held          atomic.Pointer[func() error]
}

func (u *unsure) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if u.unheard.Add(-1) >= 0 {
		if _, err := u.Log.Append(ctx, stream, expected, events); err != nil {
			return eventlog.Appended{}, err
		}
		return eventlog.Appended{}, fmt.Errorf("lost the answer: %w", eventlog.ErrUnavailable)
	}
	if u.lost.Add(-1) >= 0 {
		land := func() error {
			_, err := u.Log.Append(context.WithoutCancel(ctx), stream, expected, events)
			return err
		}
		u.held.Store(&land)
		return eventlog.Appended{}, fmt.Errorf("lost the request: %w", eventlog.ErrUnavailable)
	}
	return u.Log.Append(ctx, stream, expected, events)
}

func TestUpdate_repeats_an_append_until_the_answer_is_definite(t *testing.T) {
	t.Parallel()
	log := &unsure{Log: openLog(t, t.TempDir())}
	i := newInstance(t, log)
	id := i.started(t)
	log.unheard.Store(1)
	log.lost.Store(1)
	out := i.must(t, id, request(), post("once"))
	if out.State.MessageCount != 1 || out.Revision != 2 {
		t.Fatalf("unexpected outcome %+v", out)
	}
	i.must(t, id, request(), post("twice"))
	checkGapFree(t, log, id, 2)
}

func TestUpdate_without_an_answer_is_unavailable_and_what_took_place_is_found_again(t *testing.T) {
	t.Parallel()
	log := &unsure{Log: openLog(t, t.TempDir())}
	i := newInstance(t, log)
	id := i.started(t)
	impatient := func(post func(loaded) ([]event, error)) {
		ctx, hangUp := context.WithCancel(t.Context())
		_, err := i.Update(ctx, id, keyed("k", "f"), func(l loaded) ([]event, error) { hangUp(); return post(l) })
		wantCode(t, err, domain.CodeUnavailable)
		if e := err.(*domain.Error); e.RetryAfter <= 0 {
			t.Fatalf("no time to wait in %+v", e)
		}
	}
	log.unheard.Store(1)
	impatient(post("taken"))
	if out := i.must(t, id, keyed("k", "f"), post("taken")); !out.Repeated || out.State.MessageCount != 1 {
		t.Fatalf("unexpected outcome %+v", out)
	}
}

// An instance that hears nothing must not believe what it knew before an append of
// which it knows not whether it took place.
func TestUpdate_without_an_answer_leaves_nothing_to_be_believed_unread(t *testing.T) {
	t.Parallel()
	log := &unsure{Log: openLog(t, t.TempDir())}
	i := newDeafInstance(log)
	id := i.started(t)
	ctx, hangUp := context.WithCancel(t.Context())
	log.unheard.Store(1)
	_, err := i.Update(ctx, id, request(), func(l loaded) ([]event, error) { hangUp(); return post("taken")(l) })
	wantCode(t, err, domain.CodeUnavailable)
	if err := i.View(t.Context(), id, func(l loaded) {
		if l.State.MessageCount != 1 {
			t.Errorf("it has %d messages", l.State.MessageCount)
		}
	}); err != nil {
		t.Error(err)
	}
}

// The append of a request that got no answer takes place only after its
// repetition has read the stream: the events stored are then those of the first,
// and the answer and the cache must be them too.
func TestUpdate_takes_what_is_stored_when_a_late_append_was_first(t *testing.T) {
	t.Parallel()
	log := &unsure{Log: openLog(t, t.TempDir())}
	i := newInstance(t, log)
	id := i.started(t)
	ctx, hangUp := context.WithCancel(t.Context())
	log.lost.Store(1)
	var first time.Time
	_, err := i.Update(ctx, id, keyed("k", "f"), func(l loaded) ([]event, error) {
		first = l.Now
		hangUp()
		return post("late")(l)
	})
	wantCode(t, err, domain.CodeUnavailable)
	out := i.must(t, id, keyed("k", "f"), func(l loaded) ([]event, error) {
		if err := (*log.held.Load())(); err != nil {
			t.Error(err)
		}
		return post("late")(l)
	})
	if at := out.Events[0].(conversation.MessageAdded).At; !at.Equal(first) || !out.State.Last.At.Equal(first) {
		t.Fatalf("answered with %v and %v, stored is %v", at, out.State.Last.At, first)
	}
	checkGapFree(t, log, id, 1)
}

func TestUpdate_of_what_is_too_large_is_refused_and_the_stream_goes_on(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	_, err := i.Update(t.Context(), id, request(), post(string(make([]byte, eventlog.MaxAppendBytes))))
	wantCode(t, err, domain.CodeInvalid)
	i.must(t, id, request(), post("small"))
	checkGapFree(t, i.deps.Log, id, 1)
}

func TestUpdate_and_View_are_unavailable_once_the_log_is_closed(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	i := newDeafInstance(node)
	id := i.started(t)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if err := i.View(t.Context(), id, func(loaded) {}); err != nil {
		t.Fatalf("a cached state needs no log: %v", err)
	}
	_, err := i.Update(t.Context(), id, request(), post("hello"))
	wantCode(t, err, domain.CodeUnavailable)
	wantCode(t, i.View(t.Context(), uuid.New(), func(loaded) {}), domain.CodeUnavailable)
	wantCode(t, i.View(t.Context(), id, func(loaded) {}), domain.CodeUnavailable)
}
