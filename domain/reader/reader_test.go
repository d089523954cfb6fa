package reader_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/reader"
)

var (
	one = uuid.MustParse("0197a2b0-0000-7000-8000-000000000001")
	two = uuid.MustParse("0197a2b0-0000-7000-8000-000000000002")
	now = time.Date(2026, 6, 3, 7, 0, 0, 0, time.UTC)
	ada = domain.User("ada")
)

func having(cursors map[uuid.UUID]int) *reader.Reader { return &reader.Reader{Cursors: cursors} }

func TestMarkRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given *reader.Reader
		upTo  int
		own   int
		want  int // 0: nothing happens
	}{
		"the cursor moves forward":                   {having(nil), 3, 0, 3},
		"beyond the last message counts as the last": {having(nil), 99, 0, 5},
		"below the cursor nothing happens":           {having(map[uuid.UUID]int{one: 4}), 3, 0, 0},
		"at the cursor nothing happens":              {having(map[uuid.UUID]int{one: 3}), 3, 0, 0},
		"what one wrote oneself is read":             {having(nil), 3, 3, 0},
		"another conversation's cursor is its own":   {having(map[uuid.UUID]int{two: 4}), 3, 0, 3},
		"nothing shown is nothing read":              {having(nil), 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := c.given.MarkRead(reader.MarkRead{
				Organization: "acme", Person: ada, Conversation: one, UpTo: c.upTo, Last: 5, OwnRead: c.own,
			}, now)
			var want []reader.Event
			if c.want > 0 {
				want = []reader.Event{reader.ConversationRead{
					Organization: "acme", Person: ada, Conversation: one, UpTo: c.want, At: now,
				}}
			}
			if diff := cmp.Diff(want, events); err != nil || diff != "" {
				t.Errorf("error %v, events (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestMarkRead_refuses_a_negative_number(t *testing.T) {
	t.Parallel()
	if _, err := having(nil).MarkRead(reader.MarkRead{UpTo: -1, Last: 5}, now); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestMarkAllRead_moves_only_what_is_behind(t *testing.T) {
	t.Parallel()
	r := having(map[uuid.UUID]int{one: 4})
	ask := reader.MarkAllRead{Organization: "acme", Person: ada, Marks: []reader.Mark{{one, 4}, {two, 2}}}
	events, err := r.MarkAllRead(ask, now)
	want := []reader.Event{reader.AllRead{Organization: "acme", Person: ada, Marks: []reader.Mark{{two, 2}}, At: now}}
	if diff := cmp.Diff(want, events); err != nil || diff != "" {
		t.Fatalf("error %v, events (-want +got):\n%s", err, diff)
	}
	reader.Aggregate.Apply(r, events[0])
	if again, err := r.MarkAllRead(ask, now); len(again) > 0 || err != nil {
		t.Errorf("again: %v, error %v; want nothing", again, err)
	}
}

func TestMarkAllRead_refuses_more_than_an_event_holds(t *testing.T) {
	t.Parallel()
	ask := reader.MarkAllRead{Marks: make([]reader.Mark, reader.MaxMarks+1)}
	if _, err := having(nil).MarkAllRead(ask, now); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestCursor_never_moves_back(t *testing.T) {
	t.Parallel()
	r := &reader.Reader{}
	for _, upTo := range []int{3, 1, 5, 2} {
		reader.Aggregate.Apply(r, reader.ConversationRead{Conversation: one, UpTo: upTo})
	}
	if got := r.Cursor(one, 4); got != 5 {
		t.Errorf("cursor %d, want 5", got)
	}
	if got := r.Cursor(one, 6); got != 6 {
		t.Errorf("cursor after writing message 6 is %d", got)
	}
}

func TestMarkUnread(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given *reader.Reader
		from  *int
		own   int
		want  int // 0: nothing happens
	}{
		"the cursor moves back to before the message":    {having(map[uuid.UUID]int{one: 5}), new(3), 0, 3},
		"the last message, where none is named":          {having(map[uuid.UUID]int{one: 5}), nil, 0, 5},
		"beyond the last message counts as the last":     {having(map[uuid.UUID]int{one: 5}), new(99), 0, 5},
		"what one wrote oneself becomes unread, too":     {having(nil), new(2), 5, 2},
		"the first message":                              {having(nil), new(1), 5, 1},
		"what is unread already stays so":                {having(map[uuid.UUID]int{one: 2}), new(3), 0, 0},
		"the last message is unread already":             {having(map[uuid.UUID]int{one: 4}), nil, 0, 0},
		"a cursor that was moved back moves on backward": {&reader.Reader{Cursors: map[uuid.UUID]int{one: 3}, Rewound: map[uuid.UUID]int{one: 5}}, new(2), 5, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask := reader.MarkUnread{Organization: "acme", Person: ada, Conversation: one, From: c.from, Last: 5, OwnRead: c.own}
			events, err := c.given.MarkUnread(ask, now)
			var want []reader.Event
			if c.want > 0 {
				want = []reader.Event{reader.ConversationMarkedUnread{
					Organization: "acme", Person: ada, Conversation: one, From: c.want, OwnRead: c.own, At: now,
				}}
			}
			if diff := cmp.Diff(want, events); err != nil || diff != "" {
				t.Fatalf("error %v, events (-want +got):\n%s", err, diff)
			}
			for _, e := range events {
				reader.Aggregate.Apply(c.given, e)
				if got := c.given.Cursor(one, c.own); got != c.want-1 {
					t.Errorf("the cursor is %d, want %d", got, c.want-1)
				}
			}
			if again, err := c.given.MarkUnread(ask, now); len(again) > 0 || err != nil {
				t.Errorf("again: %v, error %v; want nothing", again, err)
			}
		})
	}
}

func TestMarkUnread_refuses_what_is_no_number(t *testing.T) {
	t.Parallel()
	if _, err := having(nil).MarkUnread(reader.MarkUnread{From: new(0), Last: 5}, now); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestMarkUnread_of_nothing_does_nothing(t *testing.T) {
	t.Parallel()
	for _, from := range []*int{nil, new(1)} {
		if events, err := having(nil).MarkUnread(reader.MarkUnread{From: from}, now); len(events) > 0 || err != nil {
			t.Errorf("got %v, error %v", events, err)
		}
	}
}

func TestCursor_moves_forward_again_after_it_was_moved_back(t *testing.T) {
	t.Parallel()
	r := having(map[uuid.UUID]int{one: 2})
	reader.Aggregate.Apply(r, reader.ConversationMarkedUnread{Conversation: one, From: 2, OwnRead: 5})
	for _, step := range []struct{ own, want int }{{0, 1}, {5, 1}, {6, 6}} {
		if got := r.Cursor(one, step.own); got != step.want {
			t.Errorf("having written %d, the cursor is %d, want %d", step.own, got, step.want)
		}
	}
	reader.Aggregate.Apply(r, reader.ConversationRead{Conversation: one, UpTo: 4})
	if got := r.Cursor(one, 5); got != 4 {
		t.Errorf("having read on, the cursor is %d, want 4", got)
	}
	reader.Aggregate.Apply(r, reader.ConversationRead{Conversation: one, UpTo: 3})
	if got := r.Cursor(one, 5); got != 4 {
		t.Errorf("having read what was read, the cursor is %d, want 4", got)
	}
}

func TestMute_holds_for_one_stay(t *testing.T) {
	t.Parallel()
	r := &reader.Reader{}
	ask := reader.Mute{Organization: "acme", Person: ada, Conversation: one, Stay: 2}
	if events := r.Unmute(ask, now); len(events) > 0 {
		t.Errorf("unmuting what is not muted: %v", events)
	}
	events := r.Mute(ask, now)
	want := []reader.Event{reader.ConversationMuted{Organization: "acme", Person: ada, Conversation: one, Stay: 2, At: now}}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Fatalf("events (-want +got):\n%s", diff)
	}
	reader.Aggregate.Apply(r, events[0])
	if again := r.Mute(ask, now); len(again) > 0 {
		t.Errorf("muting again: %v", again)
	}
	for stay, want := range map[int]bool{0: false, 1: false, 2: true, 3: false} {
		if got := r.Mutes(one, stay); got != want {
			t.Errorf("in stay %d muted is %t", stay, got)
		}
	}
	for _, e := range r.Unmute(ask, now) {
		reader.Aggregate.Apply(r, e)
	}
	if r.Mutes(one, 2) {
		t.Error("it is muted after unmuting")
	}
}
