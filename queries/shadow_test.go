package queries_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/conversations"
	directoryrows "parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/orders"
	"parley/projections/search"
	"parley/projections/timelines"
	"parley/queries"
)

// shadow is one log as both sides have it: commands, which decide by folds, and
// queries, which read rows.
type shadow struct {
	t             *testing.T
	node          *eventnode.Node
	directory     *commands.Directory
	conversations *commands.Repository[conversation.Conversation, conversation.Event]
	projectors    []*projections.Projector
	position      eventlog.Position
	sources       queries.Sources
	organizations int
}

func newShadow(t *testing.T, db sqldb.DB) *shadow {
	t.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	keys := commands.NewKeys(nil)
	deps := commands.Deps{Log: node, Keys: keys, Follower: commands.NewFollower(node, keys)}
	s := &shadow{
		t: t, node: node, directory: commands.NewDirectory(deps),
		conversations: commands.NewRepository(conversation.Aggregate, deps),
	}
	s.sources = queries.Sources{DB: db, Log: node, Lineage: s.directory, Freshness: fresh{}}
	s.follow(deps.Follower)
	s.project(db)
	return s
}

// follow keeps the folds fresh until the test ends.
func (s *shadow) follow(f *commands.Follower) {
	ctx, stop := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Errorf("follower: %v", err)
		}
		_ = s.node.Close()
	})
	<-f.Started()
}

func (s *shadow) project(db sqldb.DB) {
	s.t.Helper()
	registry, err := domain.NewRegistry(conversation.Types, reader.Types, directory.Types)
	if err != nil {
		s.t.Fatal(err)
	}
	board := projections.NewBoard(s.node, db)
	for _, p := range []projections.Projection{
		conversations.Projection, directoryrows.Projection, orders.Projection, inboxes.Projection, search.Projection, timelines.Projection,
	} {
		projector := projections.NewProjector(p, projections.Config{Log: s.node, DB: db, Registry: registry, Board: board})
		if _, err := projector.Begin(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { projector.End(nil) })
		s.projectors = append(s.projectors, projector)
	}
}

// catchUp brings the rows to the end of the log.
func (s *shadow) catchUp() {
	s.t.Helper()
	var batch eventlog.Batch
	for e, err := range s.node.ReadAll(s.t.Context(), s.position, domain.StreamPrefix, 0) {
		if err != nil {
			s.t.Fatal(err)
		}
		batch.Events, batch.Position = append(batch.Events, e), e.Position
	}
	if len(batch.Events) == 0 {
		return
	}
	for _, p := range s.projectors {
		if err := p.Apply(s.t.Context(), batch); err != nil {
			s.t.Fatal(err)
		}
	}
	s.position = batch.Position
}

// town is a random organization: trees, people and records in them, and
// conversations.
type town struct {
	*shadow
	r            *rapid.T
	organization string
	talks        []uuid.UUID
}

// The ids that a town has, and beside each kind one that it has not.
var (
	unitIDs     = []string{"", "u0", "u1", "u2", "u3", "unknown"}
	customerIDs = []string{"", "c0", "c1", "c2", "c3", "unknown"}
	personIDs   = []string{"p0", "p1", "p2", "p3", "unknown"}
	recordIDs   = []string{"r0", "r1", "r2", "unknown"}
)

func (s *shadow) found(r *rapid.T) *town {
	s.organizations++
	w := &town{shadow: s, r: r, organization: "town " + strconv.Itoa(s.organizations)}
	w.settle()
	for i := range rapid.IntRange(1, 5).Draw(r, "conversations") {
		w.talk(domain.DeriveID(w.organization, strconv.Itoa(i)))
	}
	if rapid.Bool().Draw(r, "moves") {
		w.settle()
	}
	w.abandon()
	s.catchUp()
	return w
}

func (w *town) one(of []string, label string) string { return rapid.SampledFrom(of).Draw(w.r, label) }

func (w *town) request() commands.Request {
	return commands.Request{Actor: access.SystemActor(w.organization), Channel: domain.ChannelAPI}
}

// done passes over what is refused: a unit under itself.
func (w *town) done(err error) {
	if err != nil && domain.CodeOf(err) != domain.CodeInvalid {
		w.r.Fatal(err)
	}
}

// settle mirrors everything, in places of its choice: cycles, unknown parents
// and none at all are among them.
func (w *town) settle() {
	ctx, d, req := w.t.Context(), w.directory, w.request()
	for _, id := range unitIDs[1:5] {
		value := directory.BusinessUnitMirrored{ID: id, Name: id, Parent: w.one(unitIDs, "parent of "+id)}
		_, err := commands.MirrorBusinessUnitHandler{Directory: d}.Handle(ctx, commands.MirrorBusinessUnit{Request: req, Value: value})
		w.done(err)
	}
	for _, id := range customerIDs[1:5] {
		value := directory.CustomerMirrored{ID: id, Name: id, Parent: w.one(customerIDs, "parent of "+id)}
		_, err := commands.MirrorCustomerHandler{Directory: d}.Handle(ctx, commands.MirrorCustomer{Request: req, Value: value})
		w.done(err)
	}
	_, err := commands.MirrorRecordTypeHandler{Directory: d}.Handle(ctx,
		commands.MirrorRecordType{Request: req, Value: directory.RecordTypeMirrored{Type: "order", Label: "Order"}})
	w.done(err)
	for _, id := range personIDs[:4] {
		for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
			// Also what means nothing for the kind.
			w.person(directory.PersonMirrored{
				Kind: kind, ID: id, BusinessUnit: w.one(unitIDs, "unit of "+id), Customer: w.one(customerIDs, "customer of "+id),
				SalesRepresentative: w.one(personIDs, "sales representative of "+id),
			})
		}
	}
	for _, id := range recordIDs[:3] {
		value := directory.RecordMirrored{
			Type: "order", ID: id, Label: id,
			CustomerUser: w.one(personIDs, "customer user of "+id), Customer: w.one(customerIDs, "customer of "+id),
		}
		_, err := commands.MirrorRecordHandler{Directory: d}.Handle(ctx, commands.MirrorRecord{Request: req, Value: value})
		w.done(err)
	}
}

func (w *town) person(p directory.PersonMirrored) {
	p.Name, p.Enabled = "Name "+p.ID, rapid.IntRange(0, 9).Draw(w.r, "disabled "+p.ID) > 0
	_, err := commands.MirrorPersonHandler{Directory: w.directory}.Handle(w.t.Context(), commands.MirrorPerson{Request: w.request(), Value: p})
	w.done(err)
}

// abandon removes some of what there is.
func (w *town) abandon() {
	ctx, d, req := w.t.Context(), w.directory, w.request()
	gone := func(what string) bool { return rapid.IntRange(0, 5).Draw(w.r, "removes "+what) == 0 }
	for i := range 4 {
		if gone("unit") {
			_, err := commands.RemoveBusinessUnitHandler{Directory: d}.Handle(ctx, commands.RemoveBusinessUnit{Request: req, ID: unitIDs[i+1]})
			w.done(err)
		}
		if gone("customer") {
			_, err := commands.RemoveCustomerHandler{Directory: d}.Handle(ctx, commands.RemoveCustomer{Request: req, ID: customerIDs[i+1]})
			w.done(err)
		}
		for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
			if gone(string(kind)) {
				_, err := commands.RemovePersonHandler{Directory: d}.Handle(ctx,
					commands.RemovePerson{Request: req, Person: domain.Person{Kind: kind, ID: personIDs[i]}})
				w.done(err)
			}
		}
	}
	if gone("record") {
		_, err := commands.RemoveRecordHandler{Directory: d}.Handle(ctx,
			commands.RemoveRecord{Request: req, Record: domain.Record{Type: "order", ID: recordIDs[0]}})
		w.done(err)
	}
}
