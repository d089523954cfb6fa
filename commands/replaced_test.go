package commands_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// olderCopy is a copy of what the log holds now.
func olderCopy(t *testing.T, log eventlog.Log) *eventnode.Node {
	t.Helper()
	dir := t.TempDir() + "/copy"
	if _, err := log.(*eventnode.Node).Backup(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	return openLog(t, dir)
}

func TestReplacedLog_is_forgotten_with_all_that_it_held(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	newDeafInstance(node).started(t)
	log := newReplaceable(node)
	i := newInstance(t, log)
	kept := i.started(t)
	i.must(t, kept, request(), post("kept"))
	older := olderCopy(t, node)
	lost := i.started(t)
	for range 20 {
		i.must(t, kept, request(), post("lost"))
	}
	before := i.must(t, kept, keyed("k", "f"), post("said again"))

	var mu sync.Mutex
	var heard []eventlog.Recorded
	log.OnReplaced(func() {
		if from, last, head := i.deps.Follower.Known(); from+last+head != eventlog.Start {
			t.Errorf("who is told later finds from %d, last %d, up to %d", from, last, head)
		}
	})
	defer i.deps.Follower.OnBatch(func(b eventlog.Batch) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, b.Events...)
	})()
	log.replace(older)

	eventually(t, "the follower begins anew", func() bool { return i.deps.Follower.Head() != eventlog.Start })
	if end, err := older.End(t.Context()); err != nil || i.deps.Follower.Head() != end || end >= before.Position {
		t.Fatalf("the head is at %d, the log ends at %d (error %v), the lost one at %d", i.deps.Follower.Head(), end, err, before.Position)
	}
	again := i.must(t, kept, keyed("k", "f"), post("said again"))
	if again.Repeated || again.State.MessageCount != 2 || again.Revision >= before.Revision {
		t.Errorf("under the same key: %+v", again)
	}
	if err := i.View(t.Context(), lost, func(l loaded) {
		if l.State.Exists() {
			t.Error("what is lost is still there")
		}
	}); err != nil {
		t.Error(err)
	}
	i.must(t, lost, request(), start)
	checkGapFree(t, older, kept, 2)
	wantCode(t, i.deps.Follower.Wait(t.Context(), again.Position), "")
	mu.Lock()
	defer mu.Unlock()
	for _, e := range heard {
		if found, err := older.At(t.Context(), e.Position); err != nil || found.ID != e.ID {
			t.Errorf("heard of %s at %d, which is none of the log's: %v", e.Type, e.Position, err)
		}
	}
}

func TestDecision_on_a_replaced_log_is_not_appended_to_the_next_one(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	log := newReplaceable(node)
	i := newInstance(t, log)
	id := i.started(t)
	older := olderCopy(t, node)
	replaced := make(chan struct{})
	_, err := i.Update(t.Context(), id, keyed("k", "f"), func(l loaded) ([]event, error) {
		if l.State.MessageCount == 0 {
			go func() { defer close(replaced); log.replace(older) }()
			<-log.now.over.Done()
		}
		return post("between two logs")(l)
	})
	wantCode(t, err, domain.CodeUnavailable)
	<-replaced
	checkGapFree(t, older, id, 0)
	if out := i.must(t, id, keyed("k", "f"), post("decided anew")); out.Repeated || out.State.MessageCount != 1 {
		t.Errorf("decided anew: %+v", out)
	}
	checkGapFree(t, older, id, 1)
}

// interrupted is a log in which something happens behind a read of a whole stream.
type interrupted struct {
	eventlog.Log
	then func()
}

func (l interrupted) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		for e, err := range l.Log.ReadStream(ctx, stream, from, limit) {
			if !yield(e, err) {
				return
			}
		}
		if from == 0 && limit == 0 {
			l.then()
		}
	}
}

// A file is held for a message that has not come: in one log nothing has it, and in
// the next one that is not known.
func TestCommand_of_several_steps_happens_in_one_log(t *testing.T) {
	t.Parallel()
	first := newWorld(t)
	id := first.given()
	f := uploaded(first, filing(first))
	hold(first, f, id)
	older := olderCopy(t, first.log)
	log := newReplaceable(first.log)
	w := newWorldOver(t, log)
	replaced := make(chan struct{})
	w.Repository.Log = interrupted{w.Repository.Log, sync.OnceFunc(func() {
		go func() { defer close(replaced); log.replace(older) }()
		<-log.now.over.Done()
		select {
		case <-replaced: // under the command's feet
		case <-time.After(100 * time.Millisecond):
		}
	})}
	h := commands.CleanUpAttachmentHandler{Attachments: filing(w), Conversations: w.Repository}
	err := h.Handle(t.Context(), commands.CleanUpAttachment{Due: attachment.Due{Organization: acme, Attachment: f.ID, Blob: f.Blob}})
	wantCode(t, errors.Unwrap(err), domain.CodeUnavailable)
	<-replaced
	w.log = older
	if _, is := w.events(id)[len(w.events(id))-1].(conversation.AttachmentBarred); is {
		t.Error("what was read in one log was decided in the next one")
	}
}

func TestCalls_under_way_do_not_hold_up_the_next_log(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	log := &stuck{replaceable: newReplaceable(node), t: t, waits: make(chan struct{}, 1)}
	i := newInstance(t, log)
	id := i.started(t)
	older := olderCopy(t, node)
	log.sticks = true
	ended := make(chan error, 1)
	go func() {
		_, err := i.Update(t.Context(), id, request(), post("hello"))
		ended <- err
	}()
	<-log.waits
	log.sticks = false
	log.replace(older)
	wantCode(t, <-ended, domain.CodeUnavailable)
	i.must(t, id, request(), post("hello"))
}

// stuck is a log that answers no append while it sticks.
type stuck struct {
	*replaceable
	t      *testing.T
	sticks bool
	waits  chan struct{}
}

func (l *stuck) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if !l.sticks {
		return l.replaceable.Append(ctx, stream, expected, events)
	}
	l.waits <- struct{}{}
	<-ctx.Done()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		l.t.Error("the call went on until its own end")
	}
	return eventlog.Appended{}, errors.Join(eventlog.ErrUnavailable, ctx.Err())
}

// elsewhere is a log whose first subscriptions to our streams begin at a position
// that it does not have.
type elsewhere struct {
	eventlog.Log
	mu    sync.Mutex
	first bool
}

func (l *elsewhere) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	sub, err := l.Log.Follow(ctx, after, prefix)
	l.mu.Lock()
	defer l.mu.Unlock()
	if prefix == domain.StreamPrefix && !l.first {
		l.first = true
		return nowhere{sub}, err
	}
	return sub, err
}

type nowhere struct{ eventlog.Subscription }

func (nowhere) Next(context.Context) (eventlog.Batch, error) {
	return eventlog.Batch{}, eventlog.ErrNoSuchPosition
}

func TestFollower_begins_anew_where_the_log_has_no_such_position(t *testing.T) {
	t.Parallel()
	log := &elsewhere{Log: openLog(t, t.TempDir())}
	i := newInstance(t, log)
	id := uuid.New()
	eventually(t, "commands go on", func() bool {
		out, err := i.Update(t.Context(), id, request(), start)
		return err == nil && i.deps.Follower.Wait(t.Context(), out.Position) == nil
	})
}

// A read of the tail that another instance's event comes behind, and a follower that
// begins behind that event: the cache must not be taken for fresh.
func TestFollower_that_begins_anew_makes_caches_read_what_was_between(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	i := newDeafInstance(node)
	id := i.started(t)
	other := newDeafInstance(node)
	other.must(t, id, request(), post("before it begins"))
	run(t, i.deps.Follower)
	if err := i.View(t.Context(), id, func(l loaded) {
		if l.State.MessageCount != 1 {
			t.Error("it shows what was before it began")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// purgedThere is a read model with one purge in it that says what it is asked for.
type purgedThere struct {
	purgedOnce
	asked chan eventlog.Position
}

func (p purgedThere) Purged(ctx context.Context, after eventlog.Position, limit int) ([]uuid.UUID, eventlog.Position, error) {
	p.asked <- after
	return p.purgedOnce.Purged(ctx, after, limit)
}

func TestPurger_looks_at_all_again_in_another_log(t *testing.T) {
	t.Parallel()
	node := openLog(t, t.TempDir())
	log := newReplaceable(node)
	i := newInstance(t, log)
	i.started(t)
	older := olderCopy(t, node)
	asked, wake, ended := make(chan eventlog.Position), make(chan struct{}, 1), make(chan struct{})
	p := commands.Purger{Purged: purgedThere{purgedOnce{uuid.New()}, asked}, Conversations: i.Repository, Logger: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	go func() { defer close(ended); p.Run(ctx, wake) }()
	if first, second := <-asked, <-asked; first != 0 || second != 1 {
		t.Fatalf("it looks behind %d and %d", first, second)
	}
	log.replace(older)
	wake <- struct{}{}
	if again := <-asked; again != 0 {
		t.Errorf("in another log it looks behind %d", again)
	}
	stop()
	for done := false; !done; {
		select {
		case <-asked:
		case <-ended:
			done = true
		}
	}
}
