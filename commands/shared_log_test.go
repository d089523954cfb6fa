package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// taciturn is a log that does not say how far a live subscription has searched: its
// batches come with events alone, and their place is that of the last one.
type taciturn struct{ eventlog.Log }

func (l taciturn) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	sub, err := l.Log.Follow(ctx, after, prefix)
	return wordless{sub}, err
}

type wordless struct{ eventlog.Subscription }

func (s wordless) Next(ctx context.Context) (eventlog.Batch, error) {
	for {
		batch, err := s.Subscription.Next(ctx)
		if n := len(batch.Events); err != nil || n > 0 {
			if n > 0 {
				batch.Position = batch.Events[n-1].Position
			}
			return batch, err
		}
	}
}

// foreign appends events of somebody else, and returns the position of the last.
func foreign(t *testing.T, log eventlog.Log, n int) (last eventlog.Position) {
	t.Helper()
	for range n {
		done, err := log.Append(t.Context(), "invoices-"+uuid.NewString(), eventlog.NoStream,
			[]eventlog.NewEvent{{ID: uuid.New(), Type: "invoice-sent", Data: []byte("{}"), Metadata: []byte("{}")}})
		if err != nil {
			t.Fatal(err)
		}
		last = done.Position
	}
	return last
}

func TestFollower_starts_behind_what_others_wrote_last(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	newDeafInstance(log).started(t)
	end := foreign(t, log, 3)
	i := newInstance(t, log)
	if from, last, head := i.deps.Follower.Known(); from != end || last != end || head != end {
		t.Fatalf("known from %d, last %d, up to %d; the log ends at %d", from, last, head, end)
	}
	out := i.must(t, uuid.New(), request(), func(loaded) ([]event, error) { return nil, nil })
	if out.Position != end {
		t.Fatalf("what is not there is answered at %d; the log ends at %d", out.Position, end)
	}
}

func TestFollower_knows_the_last_event_of_ours_and_up_to_where(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	i := newInstance(t, log)
	f := i.deps.Follower
	if from, last, head := f.Known(); from != eventlog.Start || last != eventlog.Start || head != eventlog.Start {
		t.Fatalf("of an empty log it knows from %d, last %d, up to %d", from, last, head)
	}
	own := i.must(t, i.started(t), request(), post("hello")).Position
	end := foreign(t, log, 3)
	eventually(t, "the head passes what others wrote", func() bool { return f.Head() == end })
	if from, last, head := f.Known(); from != eventlog.Start || last != own || head != end {
		t.Fatalf("known from %d, last %d, up to %d; want %d, %d, %d", from, last, head, eventlog.Start, own, end)
	}
}

func TestFollower_waits_for_the_last_event_of_ours_only(t *testing.T) {
	t.Parallel()
	log := taciturn{openLog(t, t.TempDir())}
	i := newInstance(t, log)
	f := i.deps.Follower
	own := i.must(t, i.started(t), request(), post("hello")).Position
	end := foreign(t, log, 3)
	for _, position := range []eventlog.Position{own, own + 1, end - 1, end} {
		if err := f.Wait(t.Context(), position); err != nil {
			t.Fatalf("never passes %d, though nothing of ours is between %d and the end at %d: %v", position, own, end, err)
		}
	}
	if head := f.Head(); head != own {
		t.Fatalf("the head is at %d; it was only told of %d", head, own)
	}
}

func TestFollower_is_not_behind_an_event_of_ours_that_it_has_not_met(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	deaf := newDeafInstance(log)
	f := deaf.deps.Follower
	t.Run("first", func(t *testing.T) { run(t, f) })
	deaf.started(t)
	end := foreign(t, log, 1)
	impatient, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	wantCode(t, f.Wait(impatient, end), domain.CodeUnavailable)
}

func TestFollower_waits_in_vain_for_a_position_behind_the_end(t *testing.T) {
	t.Parallel()
	log := taciturn{openLog(t, t.TempDir())}
	i := newInstance(t, log)
	i.started(t)
	impatient, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	wantCode(t, i.deps.Follower.Wait(impatient, foreign(t, log, 1)+1), domain.CodeUnavailable)
}

// A read model of receipts that has all of ours may never say that it covers what
// others wrote behind them.
func TestKeys_need_nothing_that_covers_what_others_wrote(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one := newDeafInstance(log)
	id := one.started(t)
	first := one.must(t, id, keyed("k0", "f"), post("hello"))
	foreign(t, log, 3)
	i := newInstanceRemembering(t, log, &table{log: log, until: first.Position})
	crowd(t, i, id)
	for _, unknown := range []string{"one more", "and one that nobody knows"} {
		eventually(t, "a key that nobody knows is taken", func() bool {
			_, err := i.Update(t.Context(), id, keyed(unknown, "f"), post("hello"))
			return err == nil
		})
	}
	if again := i.must(t, id, keyed("k0", "f"), post("hello")); !again.Repeated || again.Position != first.Position {
		t.Errorf("the first key again: %+v", again)
	}
}
