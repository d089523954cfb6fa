package commands_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// operator is whoever has the event store's own tools.
type operator struct {
	*testing.T
	*eventnode.Node
}

func (w *world) operator() operator { return operator{w.T, w.log.(*eventnode.Node)} }

// tombstone ends a stream for ever.
func (o operator) tombstone(stream string) {
	o.Helper()
	if _, err := o.Tombstone(o.Context(), stream, eventnode.Any); err != nil {
		o.Fatal(err)
	}
}

// remove deletes a stream so that it may be written again.
func (o operator) remove(stream string) {
	o.Helper()
	if _, err := o.Delete(o.Context(), stream, eventnode.Any); err != nil {
		o.Fatal(err)
	}
}

// say says something of a stream in its metadata.
func (o operator) say(metadata string) func(stream string) {
	return func(stream string) {
		o.Helper()
		o.write("$$"+stream, "$metadata", metadata)
	}
}

// write appends an event of any type, whatever is there, and returns its revision.
func (o operator) write(stream, kind, data string) eventlog.Revision {
	o.Helper()
	done, err := o.AppendExpecting(o.Context(), stream, eventnode.Any, []eventnode.Event{{
		NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: kind, Data: []byte(data)},
	}})
	if err != nil {
		o.Fatal(err)
	}
	return done.Revision
}

// heard waits until the instance has heard all that there is.
func (w *world) heard() {
	w.Helper()
	end, err := w.log.End(w.Context())
	if err == nil {
		err = w.Repository.Follower.Wait(w.Context(), end)
	}
	if err != nil {
		w.Fatal(err)
	}
	eventually(w.T, "what is said of streams is heard", func() bool { return w.Repository.Follower.Watched() >= end })
}

// onEach are the commands on one conversation.
var onEach = map[string]step{
	"say": say(bob), "close": shut(ada, "done"), "reopen": reopen(ada), "attach": attach(ada, bobsOrder), "detach": detach(ada, bobsOrder),
	"add": add(ada, eve), "take out": takeOut(ada, bob), "delete": discard(root), "restore": bringBack(root), "purge": purge(root),
	"read": read(bob, 1), "unread": unread(bob), "mute": mute(bob), "unmute": unmute(bob), "redact": redact(root, 1),
	"edit": rewrite(bob, 1, "better"), "update": update(ada, func(c *commands.UpdateConversation) { c.Name = new("Later") }),
}

// sameRefusal compares what the caller is told.
func sameRefusal(t *testing.T, what string, got, want error) {
	t.Helper()
	g, isRefused := errors.AsType[*domain.Error](got)
	w, wasRefused := errors.AsType[*domain.Error](want)
	if !isRefused || !wasRefused || g.Code != w.Code || g.Message != w.Message || g.RetryAfter != w.RetryAfter || len(g.Fields)+len(w.Fields) > 0 {
		t.Errorf("%s: %v; of what never was: %v", what, got, want)
	}
}

func TestCommands_on_a_conversation_that_is_deleted_for_ever_find_none(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deaf := []string{"read", "unread", "mute", "unmute"} // see what was heard, as all that only look
	for _, knows := range []struct {
		what string
		of   func(*world) *world
	}{
		{"an instance that has heard of it", func(w *world) *world { w.heard(); return w }},
		{"an instance that has not", func(w *world) *world { return w }},
		{"a new instance", (*world).another},
	} {
		for name, does := range onEach {
			if knows.what == "an instance that has not" && slices.Contains(deaf, name) {
				continue
			}
			id := w.given(said(1, 1, bob, bob, "hello"), conversation.ContextAttached{Context: bobsOrder})
			w.operator().tombstone(conversation.Stream(id))
			sameRefusal(t, name+" on "+knows.what, does(knows.of(w), id), does(w, uuid.New()))
		}
	}
}

// cuts are how a stream loses its beginning, or all that can be read of it.
var cuts = map[string]func(o operator, stream string){
	"deleted":          operator.remove,
	"cut by $maxCount": func(o operator, stream string) { o.say(`{"$maxCount":2}`)(stream) },
	"cut by $tb":       func(o operator, stream string) { o.say(`{"$tb":3}`)(stream) },
	"hidden by $tb":    func(o operator, stream string) { o.say(`{"$tb":1000}`)(stream) },
	"deleted and written again": func(o operator, stream string) {
		o.remove(stream)
		o.write(stream, conversation.Renamed{}.EventType(), `{"name":"Late"}`)
	},
}

func TestCommands_on_a_conversation_that_is_no_longer_whole_find_none_and_end_it(t *testing.T) {
	t.Parallel()
	hearing, deaf := newWorld(t), newDeafWorld(t)
	for way, cut := range cuts {
		for name, does := range onEach {
			t.Run(way+", "+name+", by an instance that knew it", func(t *testing.T) {
				w := *hearing
				w.T = t
				w.findsNone(name, does, cut, func() *world { w.heard(); return &w })
			})
			t.Run(way+", "+name+", by one that has never met it", func(t *testing.T) {
				w := *deaf
				w.T = t
				w.findsNone(name, does, cut, w.deaf)
			})
		}
	}
}

// findsNone fails the test unless a command finds no conversation where the stream
// was cut, and leaves it ended.
func (w *world) findsNone(name string, does step, cut func(operator, string), who func() *world) {
	w.Helper()
	before, err := w.log.End(w.Context())
	wantCode(w.T, err, "")
	id := w.given(said(1, 1, bob, bob, "hello"), conversation.ContextAttached{Context: bobsOrder})
	cut(w.operator(), conversation.Stream(id))
	sameRefusal(w.T, name, does(who(), id), does(w, uuid.New()))
	w.wantRemoved(id, before)
}

// wantRemoved fails the test unless the system noticed once, behind a position, that
// a conversation's stream is no longer whole, and left nothing in it before that.
func (w *world) wantRemoved(id uuid.UUID, after eventlog.Position) {
	w.Helper()
	removed, noticed := (conversation.Removed{}).EventType(), 0
	for e, err := range w.log.ReadAll(w.Context(), after, conversation.Stream(id), 0) {
		var m domain.Meta
		if err != nil || e.Type != removed {
			continue
		}
		if err := json.Unmarshal(e.Metadata, &m); err != nil || m.Actor != domain.System {
			w.Errorf("it was noticed by %v, error %v", m.Actor, err)
		}
		noticed++
	}
	for first, err := range w.log.ReadStream(w.Context(), conversation.Stream(id), 0, 1) {
		if err != nil || first.Type != removed {
			w.Errorf("the stream begins with %s, error %v", first.Type, err)
		}
	}
	if noticed != 1 {
		w.Fatalf("it was noticed %d times", noticed)
	}
}

func TestConversation_whose_stream_is_cut_as_it_grows_is_found_until_then(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	whole := len(w.events(id)) + 3
	w.operator().say(fmt.Sprintf(`{"$maxCount":%d}`, whole))(conversation.Stream(id))
	w.heard()
	for range 4 { // the last one takes the first event's place
		wantCode(t, say(bob)(w, id), "")
	}
	wantCode(t, say(bob)(w, id), domain.CodeNotFound)
	w.wantRemoved(id, eventlog.Start)
}

func TestStreams_of_which_something_harmless_is_said_go_on(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	for _, harmless := range []string{`{"$acl":{"$r":"$all"}}`, `{"owner":"sales"}`, `no JSON`, `{"$tb":0}`, `{"$maxCount":1000}`, `{"$maxAge":86400}`} {
		w.operator().say(harmless)(conversation.Stream(id))
		w.heard()
		if wantCode(t, say(bob)(w, id), ""); t.Failed() {
			t.Fatal(harmless)
		}
		wantCode(t, say(bob)(w.another(), id), "")
	}
}
