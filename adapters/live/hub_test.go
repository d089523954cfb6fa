package live_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/live"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

const user, buyer = "user:u", "customer_user:b"

var seen = live.Standing{Visible: true, Participant: true}

// watching returns a started rig where these people see everything.
func watching(t *testing.T, people ...string) *rig {
	t.Helper()
	r := newRig(t)
	for _, p := range people {
		r.rights.standings[personOf(p)] = seen
	}
	r.start()
	return r
}

func TestHints_come_in_the_order_of_the_log(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	s, at := r.open(user, "")
	if at != 0 {
		t.Errorf("an empty log begins at %d", at)
	}
	var want []string
	for range 50 {
		id := uuid.New()
		r.add(id, conversation.Renamed{Name: "x"})
		want = append(want, "inbox "+id.String(), "list "+id.String(), "conversation "+id.String())
	}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestHints_wait_for_the_read_models(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	s, _ := r.open(user, "")
	letGo := r.models.hold()
	at := r.add(uuid.New(), conversation.Renamed{Name: "x"})
	late, from := r.open(user, "")
	if from >= at {
		t.Errorf("a new stream begins at %d, but the read models have not passed %d", from, at)
	}
	select {
	case f := <-s.frames:
		t.Fatalf("said %+v before the read models were there", f)
	case <-time.After(100 * time.Millisecond):
	}
	letGo(at)
	for _, each := range []*screen{s, late} {
		if said := each.told(); len(said) != 3 {
			t.Errorf("said %q", said)
		}
	}
}

func TestStreams_are_taken_once_the_read_models_are_where_the_log_stood(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	letGo := r.models.hold()
	at := r.add(uuid.New(), conversation.Renamed{Name: "x"})
	r.start()
	if s := r.connect(user, "acme", ""); s.body != string(domain.CodeUnavailable) {
		t.Fatalf("taken with %d %s", s.status, s.body)
	}
	letGo(at)
	if _, from := r.open(user, ""); from != at {
		t.Errorf("begins at %d, want %d", from, at)
	}
}

func TestHints_survive_read_models_that_stay_behind(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	r.config.Ring, r.config.Scan = 10, 1000
	r.start()
	s, _ := r.open(user, "")
	letGo := r.models.hold()
	var want []string
	var last eventlog.Position
	for range 200 {
		id := uuid.New()
		last = r.add(id, conversation.Renamed{Name: "x"})
		want = append(want, "conversation "+id.String())
	}
	letGo(last)
	got := slices.DeleteFunc(s.told(), func(said string) bool { return said[0] != 'c' })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestHints_stop_at_the_organization(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	other := r.connect(user, "other", "")
	other.next()
	s, _ := r.open(user, "")
	id := uuid.New()
	r.append(conversation.Stream(id), "other", conversation.Renamed{Name: "theirs"})
	r.write("parley_conversation-"+uuid.NewString(), eventlog.NewEvent{ID: uuid.New(), Type: "x", Data: []byte("{}"), Metadata: []byte("not json")})
	mine := uuid.New()
	r.add(mine, conversation.Renamed{Name: "ours"})
	want := []string{"inbox " + mine.String(), "list " + mine.String(), "conversation " + mine.String()}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if f := other.next(); f.Data.ID != id.String() {
		t.Errorf("the other organization heard %+v", f)
	}
}

func TestStreams_beat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.config.Heartbeat = 10 * time.Millisecond
	r.start()
	s, _ := r.open(user, "")
	if f := s.next(); f.Comment == "" {
		t.Fatalf("want a comment, got %+v", f)
	}
}

// Also while nothing happens, and read models stand still.
func TestStreams_are_cut_when_the_person_may_do_something_else(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*rights)
		told   string
	}{
		"no longer sign in":     {func(x *rights) { x.disabled[personOf(user)] = true }, ""},
		"with other roles":      {func(x *rights) { x.changed = access.Actor{Permissions: access.Permissions{View: access.Own}} }, "reset"},
		"in another unit":       {func(x *rights) { x.changed = access.Actor{BusinessUnit: "x"} }, "reset"},
		"in another company":    {func(x *rights) { x.changed = access.Actor{Customer: "x"} }, "reset"},
		"without conversations": {func(x *rights) { x.changed = access.Actor{Off: true} }, "reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.config.Recheck = 5 * time.Millisecond
			r.start()
			r.models.hold()
			s, _ := r.open(user, "")
			r.rights.set(c.change)
			s.endsWith(c.told)
		})
	}
}

func TestStreams_go_on_when_the_person_may_do_the_same_as_before(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.config.Recheck = 5 * time.Millisecond
	r.start()
	s, _ := r.open(user, "")
	r.rights.set(func(x *rights) { x.changed, x.asked = access.Actor{Name: "Renamed"}, make(chan struct{}) })
	for range 3 {
		<-r.rights.asked
	}
	if said := s.told(); len(said) != 0 {
		t.Errorf("said %q", said)
	}
}

func TestStreams_are_cut_at_the_next_hint_when_the_person_is_disabled(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	s, _ := r.open(user, "")
	r.rights.set(func(x *rights) { x.disabled[personOf(user)] = true })
	r.add(uuid.New(), conversation.Renamed{Name: "x"})
	if f, ok := <-s.frames; ok {
		t.Errorf("a disabled person was told %+v", f)
	}
}

func TestStreams_outlive_a_log_that_does_not_answer(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	s, _ := r.open(user, "")
	r.rights.set(func(x *rights) { x.outage = true })
	r.add(uuid.New(), conversation.Renamed{Name: "x"})
	select {
	case f, ok := <-s.frames:
		t.Fatalf("said %+v, %v during the outage", f, ok)
	case <-time.After(300 * time.Millisecond):
	}
	r.rights.set(func(x *rights) { x.outage = false })
	if said := s.told(); len(said) != 3 {
		t.Errorf("said %q", said)
	}
}

// A reader that stops reading is dropped, and keeps nobody else waiting.
func TestStreams_drop_a_reader_that_stops_reading(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	many := live.Standing{Visible: true}
	for i := range 400 {
		many.Contexts = append(many.Contexts, domain.Record{Type: "order", ID: strconv.Itoa(i) + strings.Repeat("x", 100)})
	}
	r.rights.standings[personOf(user)] = many
	r.config.WriteLimit = 200 * time.Millisecond
	r.start()
	deaf, err := net.Dial("tcp", r.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	_ = deaf.(*net.TCPConn).SetReadBuffer(1)
	fmt.Fprintf(deaf, "GET / HTTP/1.1\r\nHost: x\r\nPerson: %s\r\nOrganization: acme\r\nDeaf: yes\r\n\r\n", user)
	s, _ := r.open(user, "")
	deadline := time.After(limit)
	for dropped := false; !dropped; {
		r.add(uuid.New(), conversation.Renamed{Name: "x"})
		if said := s.told(); len(said) != 402 {
			t.Fatalf("who reads was told %d things", len(said))
		}
		select {
		case <-r.dropped:
			dropped = true
		case <-deadline:
			t.Fatal("the reader that had stopped was never dropped")
		default:
		}
	}
}

func TestHub_ends_all_streams_and_leaves_nothing_behind(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	r := newRig(t)
	end := r.start()
	var streams sync.WaitGroup
	for range 200 {
		s, _ := r.open(user, "")
		streams.Go(s.awaitEnd)
	}
	end()
	streams.Wait()
	_ = r.node.Close()
	r.server.Client().CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, untouched)
}
