package live_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/adaptertest/replacedtest"
	"parley/adapters/eventnode"
	"parley/adapters/live"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/settings"
	"parley/projections"
)

// rig is a hub over a real log, with read models that are as far as a test says.
type rig struct {
	*testing.T
	node   *eventnode.Node   // the log that is there now
	log    *replacedtest.Log // what is served: the node, or what takes its place
	models *models
	rights *rights
	server *httptest.Server
	config live.Config
	// dropped is closed when the stream of a reader that reads nothing has ended.
	dropped chan struct{}
}

// newRig opens a log; start begins to serve it.
func newRig(t *testing.T) *rig {
	t.Helper()
	node := openNode(t)
	r := &rig{T: t, node: node, log: replacedtest.New(node), models: newModels(), rights: newRights(), dropped: make(chan struct{})}
	registry, err := domain.NewRegistry(conversation.Types, reader.Types, directory.Types, settings.Types)
	if err != nil {
		t.Fatalf("register events: %v", err)
	}
	r.config = live.Config{
		Freshness: r.models, Projections: []string{"all"}, Rights: r.rights, Log: r.log,
		Decoded: projections.NewDecoded(registry), Logger: slog.New(slog.DiscardHandler),
	}
	return r
}

// openNode opens an empty log whose positions are as far apart as a real one's.
func openNode(t *testing.T) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(logtest.Spaced(t.TempDir()))
	if err != nil {
		t.Fatalf("open node: %v", err)
	}
	t.Cleanup(func() { _ = node.Close() })
	return node
}

// start serves until the test or end ends it.
func (r *rig) start() (end func()) {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	follower := commands.NewFollower(r.log, commands.NewKeys(nil))
	config := r.config
	config.Source = follower
	hub, unhear := live.New(config)
	var running sync.WaitGroup
	running.Go(func() { _ = follower.Run(ctx) })
	running.Go(func() { hub.Run(ctx) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		actor, err := r.rights.Actor(req.Context(), req.Header.Get("Organization"), personOf(req.Header.Get("Person")))
		if err == nil {
			err = hub.Serve(w, req, actor)
		}
		if err != nil {
			http.Error(w, string(domain.CodeOf(err)), http.StatusTeapot)
		}
		if req.Header.Get("Deaf") != "" {
			close(r.dropped)
		}
	}))
	r.server = server
	end = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		server.Close()
		unhear()
	})
	r.Cleanup(end)
	return end
}

// add appends events to a conversation and returns the position of the last. The
// read models pass it unless the test holds them.
func (r *rig) add(id uuid.UUID, events ...conversation.Event) eventlog.Position {
	r.Helper()
	return r.append(conversation.Stream(id), "acme", events...)
}

func (r *rig) append(stream, organization string, events ...conversation.Event) eventlog.Position {
	r.Helper()
	var stored []eventlog.NewEvent
	for _, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			r.Fatalf("encode event: %v", err)
		}
		meta, _ := json.Marshal(domain.Meta{Organization: organization})
		stored = append(stored, eventlog.NewEvent{ID: uuid.New(), Type: e.EventType(), Data: data, Metadata: meta})
	}
	return r.write(stream, stored...)
}

// write appends events as they are.
func (r *rig) write(stream string, events ...eventlog.NewEvent) eventlog.Position {
	r.Helper()
	expected := eventlog.NoStream
	for e, err := range r.node.ReadStream(r.Context(), stream, 0, 0) {
		if err != nil {
			r.Fatalf("read: %v", err)
		}
		expected = e.Revision
	}
	done, err := r.node.Append(r.Context(), stream, expected, events)
	if err != nil {
		r.Fatalf("append: %v", err)
	}
	r.models.pass(done.Position)
	return done.Position
}

// foreign appends events of others and returns the position of the last. No read
// model hears of them.
func (r *rig) foreign(n int) (at eventlog.Position) {
	r.Helper()
	for range n {
		done, err := r.node.Append(r.Context(), "others-"+uuid.NewString(), eventlog.NoStream, []eventlog.NewEvent{{ID: uuid.New(), Type: "theirs"}})
		if err != nil {
			r.Fatalf("append: %v", err)
		}
		at = done.Position
	}
	return at
}

// models are the read models.
type models struct {
	mu       sync.Mutex
	held     bool
	position eventlog.Position
	moved    chan struct{}
}

func newModels() *models { return &models{moved: make(chan struct{})} }

// pass moves the read models, unless they are held.
func (m *models) pass(p eventlog.Position) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held || p <= m.position {
		return
	}
	m.position = p
	close(m.moved)
	m.moved = make(chan struct{})
}

// hold keeps the read models where they are until they are let go at a position.
func (m *models) hold() (letGo func(eventlog.Position)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = true
	return func(p eventlog.Position) {
		m.mu.Lock()
		m.held = false
		m.mu.Unlock()
		m.pass(p)
	}
}

// forget is for another log, of which the read models hold nothing until they are
// let go.
func (m *models) forget() (letGo func(eventlog.Position)) {
	m.mu.Lock()
	m.position = eventlog.Start
	m.mu.Unlock()
	return m.hold()
}

// Wait implements live.Freshness.
func (m *models) Wait(ctx context.Context, _ []string, min eventlog.Position) error {
	for {
		m.mu.Lock()
		position, moved := m.position, m.moved
		m.mu.Unlock()
		if position >= min {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// personOf reads "user:id".
func personOf(text string) domain.Person {
	kind, id, _ := strings.Cut(text, ":")
	return domain.Person{Kind: domain.Kind(kind), ID: id}
}

// rights are what a test says that people may see; users view every record.
type rights struct {
	mu        sync.Mutex
	disabled  map[domain.Person]bool
	standings map[domain.Person]live.Standing // of all conversations
	records   map[domain.Record]bool          // that customer users may view
	outage    bool
	changed   access.Actor  // how everybody is, but for who they are
	asked     chan struct{} // takes one whenever somebody is looked up; may be nil
}

func newRights() *rights {
	return &rights{disabled: map[domain.Person]bool{}, standings: map[domain.Person]live.Standing{}, records: map[domain.Record]bool{}}
}

// set changes what people may see.
func (r *rights) set(change func(*rights)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

var errOutage = domain.Unavailable("The log does not answer.", 0, eventlog.ErrUnavailable)

// Actor implements live.Rights.
func (r *rights) Actor(_ context.Context, organization string, p domain.Person) (access.Actor, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.disabled[p] {
		return access.Actor{}, domain.NewError(domain.CodeUnauthenticated, "Sign in.")
	}
	select {
	case r.asked <- struct{}{}:
	default:
	}
	actor := r.changed
	actor.Person, actor.Organization = p, organization
	return actor, nil
}

// Conversation implements live.Rights.
func (r *rights) Conversation(_ context.Context, actor access.Actor, _ uuid.UUID) (live.Standing, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.outage {
		return live.Standing{}, errOutage
	}
	return r.standings[actor.Person], nil
}

// MayViewRecord implements live.Rights.
func (r *rights) MayViewRecord(_ context.Context, actor access.Actor, record domain.Record) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !actor.IsCustomer() || r.records[record] || record.Type == markType, nil
}
