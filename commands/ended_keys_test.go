package commands_test

import (
	"context"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// tally counts the calls of a log.
type tally struct {
	eventlog.Log
	appends, reads atomic.Int64
}

func (l *tally) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	l.appends.Add(1)
	return l.Log.Append(ctx, stream, expected, events)
}

func (l *tally) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	l.reads.Add(1)
	return l.Log.ReadStream(ctx, stream, from, limit)
}

func TestUpdate_of_what_is_deleted_for_ever_asks_the_log_once_and_then_no_more(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := &tally{Log: w.log}
	i := newInstance(t, log)
	id := i.started(t)
	w.operator().tombstone(conversation.Stream(id))
	log.appends.Store(0)
	_, err := i.Update(t.Context(), id, request(), closeIt)
	wantCode(t, err, domain.CodeNotFound)
	if n := log.appends.Load(); n != 1 {
		t.Errorf("it was tried to append %d times", n)
	}
	log.reads.Store(0)
	_, err = i.Update(t.Context(), id, request(), post("hello"))
	wantCode(t, err, domain.CodeConversationClosed) // what the decision says of one that is not there
	if err := i.View(t.Context(), id, func(l loaded) {
		if l.State.Exists() || l.Revision != eventlog.NoStream {
			t.Errorf("it is there at revision %d", l.Revision)
		}
	}); err != nil {
		t.Error(err)
	}
	if n := log.reads.Load(); n != 0 {
		t.Errorf("it was read %d times", n)
	}
}

// ways are how the operator of a store ends a stream.
var ways = map[string]func(operator, string){
	"for ever": operator.tombstone, "softly": operator.remove,
	"by a cut": func(o operator, stream string) { o.say(`{"$tb":1000}`)(stream) },
}

// onEndedStreams runs a test for each way in which a stream can end, with instances
// that hear of it and with such that do not.
func onEndedStreams(t *testing.T, test func(w *world, end func(stream string), another func() *world)) {
	t.Helper()
	for way, does := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test(w, func(stream string) { does(w.operator(), stream); w.heard() }, w.another)
		})
		t.Run(way+", unheard of", func(t *testing.T) {
			t.Parallel()
			w := newDeafWorld(t)
			test(w, func(stream string) { does(w.operator(), stream) }, w.deaf)
		})
	}
}

func TestCommands_repeated_after_the_end_of_the_stream_find_nothing(t *testing.T) {
	t.Parallel()
	onEndedStreams(t, func(w *world, end func(string), another func() *world) {
		begin := func(w *world, key string) (commands.ConversationAnswer, error) {
			return w.start(w.keyed(ada, key), func(c *commands.StartConversation) { c.Name, c.CustomerUser = new("Late"), new("bob") })
		}
		for what, of := range map[string]func() *world{
			"by an instance that knew it": func() *world { return w }, "by another instance": another,
		} {
			a, err := begin(w, what)
			wantCode(w.T, err, "")
			add := commands.AddMessage{Request: w.keyed(ada, "said "+what), ID: a.ID, Body: "hello"}
			_, err = commands.AddMessageHandler{Conversations: w.Conversations}.Handle(w.Context(), add)
			wantCode(w.T, err, "")
			end(conversation.Stream(a.ID))
			_, err = commands.AddMessageHandler{Conversations: of().Conversations}.Handle(w.Context(), add)
			sameRefusal(w.T, "the message "+what, err, say(ada)(w, uuid.New()))
			_, err = begin(of(), what)
			wantCode(w.T, err, domain.CodeNotFound)
			if _, err = begin(of(), "another "+what); err != nil {
				w.Errorf("a start under another key: %v", err)
			}
		}
	})
}

// A conversation's id is made from its line, so the line leads to a stream that may
// have been deleted.
func TestImportLine_does_not_bring_back_a_conversation_whose_stream_was_ended(t *testing.T) {
	t.Parallel()
	onEndedStreams(t, func(w *world, end func(string), another func() *world) {
		a, err := w.bring(root, whole)
		wantCode(w.T, err, "")
		id := uuid.MustParse(a.ID)
		end(conversation.Stream(id))
		for what, who := range map[string]*world{"again": w, "by another instance": another()} {
			if again, err := who.bring(root, whole); err != nil || again.Change != commands.Unchanged {
				w.Errorf("%s: %+v, error %v", what, again, err)
			}
			if who != w {
				sameRefusal(w.T, "a message "+what, say(ada)(who, id), say(ada)(w, uuid.New()))
			}
		}
	})
}

func TestStart_in_a_stream_that_turns_out_to_have_been_deleted_is_undone(t *testing.T) {
	t.Parallel()
	w := newDeafWorld(t)
	id := w.given()
	w.operator().remove(conversation.Stream(id))
	other := newDeafInstance(w.log)
	_, err := other.Update(t.Context(), id, request(), start)
	sameRefusal(t, "the start", err, say(ada)(w, uuid.New()))
	w.wantRemoved(id, eventlog.Start)
}

func TestCommands_on_what_never_was_leave_no_trace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, err := w.log.End(t.Context())
	wantCode(t, err, "")
	for name, does := range onEach {
		if wantCode(t, does(w, uuid.New()), domain.CodeNotFound); t.Failed() {
			t.Fatal(name)
		}
	}
	if end, err := w.log.End(t.Context()); err != nil || end != before {
		t.Errorf("the log went on from %d to %d, error %v", before, end, err)
	}
}

// racing is a log in which something happens before an append.
type racing struct {
	eventlog.Log
	before atomic.Pointer[func()]
}

func (l *racing) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if happens := l.before.Swap(nil); happens != nil {
		(*happens)()
	}
	return l.Log.Append(ctx, stream, expected, events)
}

func TestOnlyOneInstance_says_that_a_conversation_was_removed(t *testing.T) {
	t.Parallel()
	w := newDeafWorld(t)
	log := &racing{Log: w.log}
	one, other := newDeafInstance(log), newDeafInstance(w.log)
	id := w.given()
	w.operator().say(`{"$tb":2}`)(conversation.Stream(id))
	first := func() { wantCode(t, other.Inspect(t.Context(), id), "") }
	log.before.Store(&first)
	wantCode(t, one.Inspect(t.Context(), id), "")
	w.wantRemoved(id, eventlog.Start)
}
