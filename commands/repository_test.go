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

func TestUpdate_answers_with_the_state_the_events_and_their_position(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	out := i.must(t, id, request(), post("hello"))
	tail, err := i.deps.Log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out.Revision != 2 || out.Position != tail || out.Repeated || len(out.Events) != 1 || out.State.MessageCount != 1 {
		t.Fatalf("unexpected outcome %+v", out)
	}
	i.must(t, id, request(), post("again"))
	if out.State.MessageCount != 1 {
		t.Fatal("an outcome's state moved with the next command")
	}
}

func TestUpdate_stores_who_did_what_in_the_metadata(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id, buyer := uuid.New(), domain.CustomerUser("buyer")
	req := keyed("k", "f")
	req.OnBehalfOf, req.RemoteAddress = &buyer, "192.0.2.1"
	i.must(t, id, req, start)
	for r, err := range i.deps.Log.ReadStream(t.Context(), conversation.Stream(id), 0, 1) {
		if err != nil {
			t.Fatal(err)
		}
		var got domain.Meta
		if err := json.Unmarshal(r.Metadata, &got); err != nil {
			t.Fatal(err)
		}
		want := domain.Meta{
			Actor: admin.Person, OnBehalfOf: &buyer, Organization: "acme", CommandID: got.CommandID,
			CorrelationID: got.CommandID, CausationID: got.CommandID, Channel: domain.ChannelAPI,
			RemoteAddress: "192.0.2.1", Time: got.Time, Key: "k", Fingerprint: "f",
		}
		if diff := cmp.Diff(want, got); diff != "" || got.CommandID == uuid.Nil || got.Time.IsZero() {
			t.Fatalf("metadata (-want +got):\n%s", diff)
		}
	}
}

func TestUpdate_of_one_stream_by_64_at_once_accepts_all_without_gap(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 5 {
				if _, err := i.Update(t.Context(), id, request(), post("hello")); err != nil {
					t.Errorf("update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	checkGapFree(t, i.deps.Log, id, 64*5)
}

func TestUpdate_by_two_instances_at_once_decides_again_and_leaves_no_gap(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one, other := newInstance(t, log), newInstance(t, log)
	id := one.started(t)
	var wg sync.WaitGroup
	for _, i := range []*instance{one, other} {
		for range 4 {
			wg.Go(func() {
				for range 25 {
					if _, err := i.Update(t.Context(), id, request(), post("hello")); err != nil {
						t.Errorf("update: %v", err)
					}
				}
			})
		}
	}
	wg.Wait()
	checkGapFree(t, log, id, 200)
}

func TestUpdate_fixes_the_clock_once_however_often_it_decides(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one, other := newInstance(t, log), newInstance(t, log)
	id := one.started(t)
	var clocks []any
	one.must(t, id, request(), func(l loaded) ([]event, error) {
		clocks = append(clocks, l.Now)
		if len(clocks) == 1 {
			other.must(t, id, request(), post("in between"))
		}
		return post("mine")(l)
	})
	if len(clocks) != 2 || clocks[0] != clocks[1] {
		t.Fatalf("decided at %v, want twice the same", clocks)
	}
	checkGapFree(t, log, id, 2)
}

func TestUpdate_does_not_refuse_by_a_state_that_another_instance_changed(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one, other := newInstance(t, log), newDeafInstance(log)
	id := one.started(t)
	one.must(t, id, request(), closeIt)
	if _, err := other.Update(t.Context(), id, request(), post("refused")); domain.CodeOf(err) != domain.CodeConversationClosed {
		t.Fatalf("a closed conversation took a message: %v", err)
	}
	one.must(t, id, request(), func(l loaded) ([]event, error) { return []event{conversation.Reopened{At: l.Now}}, nil })
	if _, err := other.Update(t.Context(), id, request(), post("taken")); err != nil {
		t.Fatalf("refused by a stale state: %v", err)
	}
}

func TestUpdate_checks_the_precondition_on_the_newest_revision(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one, other := newInstance(t, log), newInstance(t, log)
	id := one.started(t)
	other.must(t, id, request(), post("newer"))
	guarded := func(m *commands.IfMatch) error {
		_, err := one.Update(t.Context(), id, request(), func(l loaded) ([]event, error) {
			if err := m.Check(l.Revision); err != nil {
				return nil, err
			}
			return post("mine")(l)
		})
		return err
	}
	wantCode(t, guarded(&commands.IfMatch{Revisions: []eventlog.Revision{1}}), domain.CodePreconditionFailed)
	wantCode(t, guarded(&commands.IfMatch{Revisions: []eventlog.Revision{1, 2}}), "")
	wantCode(t, guarded(&commands.IfMatch{Any: true}), "")
	wantCode(t, (&commands.IfMatch{Any: true}).Check(eventlog.NoStream), domain.CodePreconditionFailed)
}

func TestUpdate_without_events_is_a_no_op_at_the_last_position(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := uuid.New()
	first := i.must(t, id, request(), start)
	again := i.must(t, id, request(), start)
	if len(again.Events) != 0 || again.Position != first.Position || again.Revision != first.Revision || !again.State.Exists() {
		t.Fatalf("unexpected no-op %+v after %+v", again, first)
	}
}

func TestUpdate_returns_a_refusal_as_it_is(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	refusal := errors.New("no")
	_, err := i.Update(t.Context(), i.started(t), request(), func(loaded) ([]event, error) { return nil, refusal })
	if !errors.Is(err, refusal) {
		t.Fatalf("got %v", err)
	}
}

func TestUpdate_finishes_an_append_whose_caller_hung_up(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := i.started(t)
	ctx, hangUp := context.WithCancel(t.Context())
	out, err := i.Update(ctx, id, request(), func(l loaded) ([]event, error) {
		hangUp()
		return post("still said")(l)
	})
	if err != nil || out.State.MessageCount != 1 {
		t.Fatalf("update: %+v, %v", out, err)
	}
	checkGapFree(t, i.deps.Log, id, 1)
}

func TestUpdate_that_waits_in_vain_for_the_stream_is_unavailable_and_others_go_on(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id, other := i.started(t), i.started(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := i.Update(t.Context(), id, request(), func(l loaded) ([]event, error) {
			close(inside)
			<-leave
			return post("slow")(l)
		})
		if err != nil {
			t.Errorf("update: %v", err)
		}
	})
	<-inside
	i.must(t, other, request(), post("unhindered"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := i.Update(ctx, id, request(), post("impatient"))
	wantCode(t, err, domain.CodeUnavailable)
	close(leave)
	wg.Wait()
	checkGapFree(t, i.deps.Log, id, 1)
}

func TestUpdate_refuses_a_stream_with_a_foreign_event(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := uuid.New()
	foreign := []eventlog.NewEvent{{ID: uuid.New(), Type: "person.mirrored.v1", Data: []byte(`{}`), Metadata: []byte(`{}`)}}
	if _, err := i.deps.Log.Append(t.Context(), conversation.Stream(id), eventlog.NoStream, foreign); err != nil {
		t.Fatal(err)
	}
	_, err := i.Update(t.Context(), id, request(), start)
	wantCode(t, err, domain.CodeInternal)
	if !errors.Is(err, domain.ErrUnknownType) {
		t.Fatalf("got %v", err)
	}
}

func TestUpdate_gives_events_ids_that_say_what_is_in_them(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	id := uuid.New()
	i.must(t, id, keyed("k", "f"), start)
	n := 0
	for r, err := range i.deps.Log.ReadStream(t.Context(), conversation.Stream(id), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		var m domain.Meta
		if err := json.Unmarshal(r.Metadata, &m); err != nil {
			t.Fatal(err)
		}
		if want := domain.DeriveID(m.CommandID.String(), fmt.Sprint(n), r.Type, string(r.Data), string(r.Metadata)); r.ID != want {
			t.Errorf("event %d has id %s, want %s", n, r.ID, want)
		}
		n++
	}
}

func TestCache_stays_within_its_bytes_and_forgets_nothing_that_matters(t *testing.T) {
	t.Parallel()
	const limit = 32 << 10
	i := newInstance(t, openLog(t, t.TempDir()), func(d *commands.Deps) { d.CacheBytes = limit })
	var ids []uuid.UUID
	for range 60 {
		ids = append(ids, i.started(t))
	}
	if entries, bytes := i.Cached(); bytes > limit || entries >= 60 || entries == 0 {
		t.Fatalf("cache holds %d entries of %d bytes", entries, bytes)
	}
	for _, id := range ids {
		if out := i.must(t, id, request(), post("hello")); out.Revision != 2 {
			t.Fatalf("stream is at %d", out.Revision)
		}
	}
}
