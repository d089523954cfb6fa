package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type (
	state   = conversation.Conversation
	event   = conversation.Event
	loaded  = commands.Loaded[state]
	outcome = commands.Outcome[state, event]
)

func openLog(t testing.TB, dir string) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: dir, FirstPosition: 1<<32 + 977, Stride: 977})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = node.Close() })
	return node
}

// instance is one server's command side over a log that others may share.
type instance struct {
	*commands.Repository[state, event]
	deps commands.Deps
}

func newInstance(t testing.TB, log eventlog.Log, change ...func(*commands.Deps)) *instance {
	t.Helper()
	return newInstanceRemembering(t, log, nil, change...)
}

func newInstanceRemembering(t testing.TB, log eventlog.Log, older commands.Receipts, change ...func(*commands.Deps)) *instance {
	t.Helper()
	i := newDeafInstanceRemembering(log, older, change...)
	run(t, i.deps.Follower)
	return i
}

// newDeafInstance returns an instance whose follower does not run.
func newDeafInstance(log eventlog.Log) *instance { return newDeafInstanceRemembering(log, nil) }

func newDeafInstanceRemembering(log eventlog.Log, older commands.Receipts, change ...func(*commands.Deps)) *instance {
	keys := commands.NewKeys(older)
	deps := commands.Deps{Log: log, Keys: keys, Follower: commands.NewFollower(log, keys)}
	for _, c := range change {
		c(&deps)
	}
	return &instance{Repository: commands.NewRepository(conversation.Aggregate, deps), deps: deps}
}

func run(t testing.TB, f *commands.Follower) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("follower ended: %v", err)
		}
	})
	<-f.Started()
}

var admin = access.Actor{
	Person: domain.User("admin"), Organization: "acme",
	Permissions: access.Granted(domain.KindUser, []string{"administrator"}),
}

func request() commands.Request {
	return commands.Request{Actor: admin, Channel: domain.ChannelAPI}
}

func keyed(key, fingerprint string) commands.Request {
	r := request()
	r.Key, r.Fingerprint = key, fingerprint
	return r
}

// start decides on a conversation that is not there yet.
func start(l loaded) ([]event, error) {
	if l.State.Exists() {
		return nil, nil
	}
	return []event{
		conversation.Started{Organization: "acme", Name: "Late delivery", Owner: "admin", CustomerUser: "buyer", At: l.Now},
		conversation.ParticipantJoined{Person: admin.Person, At: l.Now},
	}, nil
}

// post decides to add one message.
func post(body string) func(loaded) ([]event, error) {
	return func(l loaded) ([]event, error) {
		if l.State.Status != conversation.Active {
			return nil, domain.NewError(domain.CodeConversationClosed, "closed")
		}
		return []event{conversation.MessageAdded{
			Number: l.State.MessageCount + 1, PublicNumber: l.State.PublicCount + 1,
			Body: body, From: admin.Person, Author: admin.Person, At: l.Now,
		}}, nil
	}
}

func closeIt(l loaded) ([]event, error) { return []event{conversation.Closed{At: l.Now}}, nil }

func (i *instance) must(t testing.TB, id uuid.UUID, req commands.Request, decide func(loaded) ([]event, error)) outcome {
	t.Helper()
	out, err := i.Update(t.Context(), id, req, decide)
	if err != nil {
		t.Fatalf("update: %v", err)
	}
	return out
}

func (i *instance) started(t testing.TB) uuid.UUID {
	t.Helper()
	id := uuid.New()
	i.must(t, id, request(), start)
	return id
}

// checkGapFree reads the stream itself: n messages, numbered 1 to n.
func checkGapFree(t *testing.T, log eventlog.Log, id uuid.UUID, n int) {
	t.Helper()
	registry, err := domain.NewRegistry(conversation.Types)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for r, err := range log.ReadStream(t.Context(), conversation.Stream(id), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := registry.Decode(r.Type, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		if m, is := e.(conversation.MessageAdded); is {
			if number++; m.Number != number {
				t.Fatalf("message %d has number %d", number, m.Number)
			}
		}
	}
	if number != n {
		t.Fatalf("stream holds %d messages, want %d", number, n)
	}
}

func wantCode(t *testing.T, err error, code domain.Code) {
	t.Helper()
	if got := domain.CodeOf(err); got != code {
		t.Fatalf("error has code %q (%v), want %q", got, err, code)
	}
}

// eventually polls until ok, and fails after ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}
