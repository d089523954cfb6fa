package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

func TestUpdate_repeated_a_thousand_times_at_once_happens_once(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	outcomes := make([]outcome, 1000)
	var wg sync.WaitGroup
	for n := range outcomes {
		wg.Go(func() {
			var err error
			if outcomes[n], err = i.Update(t.Context(), id, keyed("k", "f"), post("once")); err != nil {
				t.Errorf("update: %v", err)
			}
		})
	}
	wg.Wait()
	checkGapFree(t, i.deps.Log, id, 1)
	firsts := 0
	for _, out := range outcomes {
		if !out.Repeated {
			firsts++
		}
		if diff := cmp.Diff(outcomes[0].Events, out.Events); diff != "" || out.Position != outcomes[0].Position {
			t.Fatalf("answers differ:\n%s", diff)
		}
	}
	if firsts != 1 {
		t.Fatalf("%d requests were the first", firsts)
	}
}

func TestUpdate_repeated_answers_with_the_events_of_then_and_the_state_of_now(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := uuid.New()
	first := i.must(t, id, keyed("k", "f"), start)
	i.must(t, id, request(), closeIt)
	again := i.must(t, id, keyed("k", "f"), func(loaded) ([]event, error) { return nil, errors.New("decided anew") })
	if !again.Repeated || again.Position != first.Position || again.Revision != 2 || again.State.Status != conversation.IsClosed {
		t.Fatalf("unexpected repetition %+v", again)
	}
	if diff := cmp.Diff(first.Events, again.Events); diff != "" {
		t.Fatalf("events differ:\n%s", diff)
	}
}

func TestKey_used_for_another_request_is_refused(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	i := newInstance(t, log)
	id := i.started(t)
	i.must(t, id, keyed("k", "f"), post("hello"))
	refused := func(t *testing.T, i *instance, id uuid.UUID, fingerprint string) {
		t.Helper()
		_, err := i.Update(t.Context(), id, keyed("k", fingerprint), post("other"))
		wantCode(t, err, domain.CodeInvalid)
		if e, _ := errors.AsType[*domain.Error](err); len(e.Fields) != 1 || e.Fields[0].Parameter != "Idempotency-Key" {
			t.Fatalf("unexpected fields in %+v", e)
		}
	}
	t.Run("with another fingerprint on the same stream", func(t *testing.T) { refused(t, i, id, "g") })
	t.Run("on another stream", func(t *testing.T) { refused(t, i, i.started(t), "f") })
	t.Run("on another stream of another instance", func(t *testing.T) {
		other := newInstance(t, log)
		i.must(t, id, keyed("k2", "f"), post("hello"))
		if err := other.deps.Follower.Wait(t.Context(), i.deps.Follower.Head()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the other instance hears of the key", func() bool {
			fresh := other.started(t)
			_, err := other.Update(t.Context(), fresh, keyed("k2", "f"), post("other"))
			return domain.CodeOf(err) == domain.CodeInvalid
		})
	})
	t.Run("on another stream after a restart, by the read model", func(t *testing.T) {
		later := newInstanceRemembering(t, log, &table{log: log})
		refused(t, later, later.started(t), "f")
	})
}

func TestKey_belongs_to_one_caller(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	i.must(t, id, keyed("k", "f"), post("mine"))
	for _, change := range []func(*commands.Request){
		func(r *commands.Request) { r.Actor.Person = domain.User("manager") },
		func(r *commands.Request) { r.Actor.Person = domain.CustomerUser("admin") },
		func(r *commands.Request) { r.Actor.Organization = "globex" },
	} {
		req := keyed("k", "g")
		change(&req)
		if out := i.must(t, id, req, post("theirs")); out.Repeated {
			t.Fatalf("%v repeated another's command", req.Actor.Person)
		}
	}
}

func TestKey_of_a_refusal_or_a_no_op_is_not_remembered(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	i.must(t, id, keyed("k", "f"), start)
	if _, err := i.Update(t.Context(), id, keyed("k", "g"), func(loaded) ([]event, error) { return nil, errors.New("no") }); err == nil {
		t.Fatal("not refused")
	}
	if out := i.must(t, id, keyed("k", "h"), post("hello")); out.Repeated {
		t.Fatal("repeated what never happened")
	}
}

func TestKey_used_on_two_streams_at_once_is_taken_on_one(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	ids := []uuid.UUID{i.started(t), i.started(t)}
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for n, id := range ids {
		wg.Go(func() { _, errs[n] = i.Update(t.Context(), id, keyed("k", fmt.Sprintf("f%d", n)), post("hello")) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("got %v", errs)
	}
	wantCode(t, errors.Join(errs...), domain.CodeInvalid)
}

func TestUpdate_repeats_after_a_restart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openLog(t, dir)
	id := uuid.New()
	var first outcome
	t.Run("before", func(t *testing.T) { first = newInstance(t, node).must(t, id, keyed("k", "f"), start) })
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	again := newInstance(t, openLog(t, dir)).must(t, id, keyed("k", "f"), start)
	if diff := cmp.Diff(first.Events, again.Events); diff != "" || !again.Repeated || again.Position != first.Position {
		t.Fatalf("unexpected repetition %+v\n%s", again, diff)
	}
}

func TestKey_that_the_stream_has_forgotten(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	i := newInstance(t, log)
	id := i.started(t)
	first := i.must(t, id, keyed("k0", "f"), post("hello"))
	crowd(t, i, id)
	repeats := func(t *testing.T, i *instance) {
		t.Helper()
		if out := i.must(t, id, keyed("k0", "f"), post("again")); !out.Repeated || out.Position != first.Position {
			t.Fatalf("unexpected repetition %+v", out)
		}
	}
	unknown := func(t *testing.T, i *instance, key string) {
		t.Helper()
		_, err := i.Update(t.Context(), id, keyed(key, "f"), post("again"))
		wantCode(t, err, domain.CodeUnavailable)
	}
	t.Run("is still known to the instance", func(t *testing.T) { repeats(t, i) })
	t.Run("is found in the read model after a restart", func(t *testing.T) {
		repeats(t, newInstanceRemembering(t, log, &table{log: log}))
	})
	t.Run("cannot be told from a new one without a read model", func(t *testing.T) {
		unknown(t, newInstance(t, log), "k0")
		unknown(t, newInstance(t, log), "new")
	})
	t.Run("cannot be told from a new one by a read model that lags", func(t *testing.T) {
		unknown(t, newInstanceRemembering(t, log, &table{log: log, until: first.Position - 1}), "k0")
	})
	t.Run("cannot be told from a new one while the database is down", func(t *testing.T) {
		unknown(t, newInstanceRemembering(t, log, &table{err: errors.New("down")}), "new")
	})
	t.Run("and a new one is taken where the read model covers what is forgotten", func(t *testing.T) {
		out := newInstanceRemembering(t, log, &table{log: log, until: first.Position}).must(t, id, keyed("new", "f"), post("new"))
		if out.Repeated {
			t.Fatal("a new key was repeated")
		}
	})
}

// What began since the instance did is all in its memory, however long it is.
func TestKey_of_a_long_stream_needs_no_database_that_began_since_the_start(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	newInstance(t, log).started(t) // before the start
	i := newInstanceRemembering(t, log, &table{err: errors.New("down")})
	id := i.started(t)
	first := i.must(t, id, keyed("k0", "f"), post("hello"))
	crowd(t, i, id)
	if out := i.must(t, id, keyed("k0", "f"), post("hello")); !out.Repeated || out.Position != first.Position {
		t.Errorf("unexpected repetition %+v", out)
	}
	if out := i.must(t, id, keyed("new", "f"), post("new")); out.Repeated {
		t.Error("a new key was repeated")
	}
}

func TestUpdate_goes_on_while_the_database_is_down(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	id := newInstance(t, log).started(t)
	i := newInstanceRemembering(t, log, hanging{})
	for n := range 50 {
		i.must(t, id, keyed(fmt.Sprintf("k%d", n), "f"), post("hello"))
	}
}

func TestKeys_remember_a_bounded_number(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	i := newInstanceRemembering(t, log, &table{log: log})
	i.deps.Keys.Remember(4)
	id := i.started(t)
	for n := range 9 {
		i.must(t, id, keyed(fmt.Sprintf("k%d", n), "f"), post("hello"))
	}
	_, err := i.Update(t.Context(), i.started(t), keyed("k0", "f"), post("other"))
	wantCode(t, err, domain.CodeInvalid)
}

// crowd writes, as another instance would, as many keyed commands as a stream
// remembers.
func crowd(t *testing.T, i *instance, id uuid.UUID) {
	t.Helper()
	events := make([]eventlog.NewEvent, commands.RingSize)
	for n := range events {
		metadata, err := json.Marshal(domain.Meta{Actor: admin.Person, Organization: "acme", Key: fmt.Sprintf("k%d", n+1), Fingerprint: "f"})
		if err != nil {
			t.Fatal(err)
		}
		data := fmt.Appendf(nil, `{"name":"Name %d"}`, n)
		events[n] = eventlog.NewEvent{ID: uuid.New(), Type: conversation.Renamed{}.EventType(), Data: data, Metadata: metadata}
	}
	done, err := i.deps.Log.Append(t.Context(), conversation.Stream(id), 2, events)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.deps.Follower.Wait(t.Context(), done.Position); err != nil {
		t.Fatal(err)
	}
}

// table is the receipts read model, computed from the log up to a position (0:
// all of it) when it is asked for the first time.
type table struct {
	log   eventlog.Log
	until eventlog.Position
	err   error

	once sync.Once
	rows map[string]commands.Receipt
}

func (s *table) Find(_ context.Context, organization string, p domain.Person, key string) (commands.Receipt, bool, eventlog.Position, error) {
	if s.err != nil {
		return commands.Receipt{}, false, 0, s.err
	}
	s.once.Do(s.project)
	r, found := s.rows[organization+" "+p.String()+" "+key]
	return r, found, s.until, s.err
}

func (s *table) project() {
	s.rows = map[string]commands.Receipt{}
	covered := eventlog.Start
	for e, err := range s.log.ReadAll(context.Background(), eventlog.Start, domain.StreamPrefix, 0) {
		if err != nil {
			s.err = err
			return
		}
		if s.until > 0 && e.Position > s.until {
			return
		}
		covered = e.Position
		var m domain.Meta
		if s.err = json.Unmarshal(e.Metadata, &m); m.Key == "" {
			continue
		}
		id := m.Organization + " " + m.Actor.String() + " " + m.Key
		r, ok := s.rows[id]
		if !ok {
			r = commands.Receipt{
				Organization: m.Organization, Person: m.Actor, Key: m.Key, Fingerprint: m.Fingerprint,
				Stream: e.Stream, First: e.Revision,
			}
		}
		r.Last, r.Position = e.Revision, e.Position
		s.rows[id] = r
	}
	s.until = covered
}

// hanging is a database that never answers.
type hanging struct{}

func (hanging) Find(ctx context.Context, _ string, _ domain.Person, _ string) (commands.Receipt, bool, eventlog.Position, error) {
	<-ctx.Done()
	return commands.Receipt{}, false, 0, ctx.Err()
}
