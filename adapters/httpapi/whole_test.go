package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/adapters/blobs"
	"parley/adapters/eventnode"
	"parley/adapters/filetype"
	"parley/adapters/httpapi"
	"parley/adapters/identity"
	"parley/adapters/sqlite"
	"parley/adapters/stream"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/blob"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/domain/settings"
	"parley/projections"
	"parley/projections/conversations"
	directorytables "parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/orders"
	"parley/projections/receipts"
	"parley/projections/search"
	"parley/projections/timelines"
	"parley/queries"
)

// whole returns the API over a real log, real read models and the people of the
// demo: administrator, users, customer users of two companies.
func whole(t *testing.T) *httptest.Server {
	t.Helper()
	node := openNode(t, 977)
	return wholeOver(t, node, node, func(*httpapi.Config) {})
}

// openNode opens an empty log whose positions are so far apart; a real one's are.
func openNode(t *testing.T, stride uint64) *eventnode.Node {
	t.Helper()
	node := must(eventnode.Open(eventnode.Config{Dir: t.TempDir(), FirstPosition: 1<<32 + stride, Stride: stride}))(t)
	t.Cleanup(func() { _ = node.Close() })
	return node
}

// wholeOver returns it over a log that may be replaced; the read models stay with
// the node.
func wholeOver(t *testing.T, log eventlog.Log, node *eventnode.Node, change func(*httpapi.Config)) *httptest.Server {
	t.Helper()
	db := must(sqlite.Open(sqlite.Config{Dir: t.TempDir()}))(t)
	store := must(blobs.NewFolder(t.TempDir()))(t)
	follower, use := useCases(log, queries.Receipts{DB: db}, store)
	board := projections.NewBoard(node, db)
	router := must(stream.NewRouter(stream.Config{Log: node, Lead: db.Lead, Consumers: projectors(t, node, db, board)}))(t)
	ctx, stop := context.WithCancel(context.Background())
	running, closing := errgroup.Group{}, make(chan struct{})
	running.Go(func() error { return follower.Run(ctx) })
	running.Go(func() error { return router.Run(ctx) })
	<-follower.Started()
	populate(t, use.ImportLine)
	sources := queries.Sources{DB: db, Log: log, Heard: follower, Lineage: use.ImportLine.Directory, Freshness: patience{board}}
	config := httpapi.Config{
		Authenticator: identity.Bearer{Directory: use.ImportLine.Directory, Schemes: []identity.Scheme{identity.Demo{Organization: "acme"}, elsewhere{}}},
		Commands:      use, Queries: questions(sources), Directory: use.ImportLine.Directory, Blobs: store, Freshness: follower,
		Projections: readModels{}, Readiness: readModels{ready: true}, Live: silence{},
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.NewJSONHandler(io.Discard, nil)), Closing: closing,
		Markup: func(body string) string { return "<p>" + body + "</p>" }, PlainText: func(body string) string { return "plain " + body }, Version: "test",
	}
	change(&config)
	server := httptest.NewServer(httpapi.New(config))
	t.Cleanup(func() {
		close(closing)
		server.Close()
		stop()
		if err := running.Wait(); err != nil {
			t.Errorf("running parts: %v", err)
		}
		_ = db.Close()
	})
	return server
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// elsewhere signs in the administrator of another organization.
type elsewhere struct{}

func (elsewhere) Identify(_ context.Context, token string) (identity.Identity, bool, error) {
	return identity.Identity{Organization: "globex", Person: domain.User("stranger")}, token == "stranger", nil
}

// silence is live streams that end at once.
type silence struct{}

func (silence) Serve(w http.ResponseWriter, _ *http.Request, _ access.Actor) error {
	w.Header().Set("Content-Type", "text/event-stream")
	_, err := io.WriteString(w, "event: ready\n\n")
	return err
}

// patience bounds waits for read models as the contract does.
type patience struct{ board *projections.Board }

func (p patience) Wait(ctx context.Context, names []string, position eventlog.Position) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return p.board.Wait(ctx, names, position)
}

func useCases(log eventlog.Log, older queries.Receipts, store blob.Store) (*commands.Follower, httpapi.Commands) {
	keys := commands.NewKeys(older)
	follower := commands.NewFollower(log, keys)
	deps := commands.Deps{Log: log, Keys: keys, Follower: follower}
	d := commands.NewDirectory(deps)
	c := commands.Conversations{
		Repository: commands.NewRepository(conversation.Aggregate, deps), Readers: commands.NewRepository(reader.Aggregate, deps),
		Files:     commands.NewRepository(attachment.Aggregate, deps),
		Directory: d, DefaultOwner: "admin",
	}
	return follower, httpapi.Commands{
		StartConversation:   commands.StartConversationHandler{Conversations: c},
		UpdateConversation:  commands.UpdateConversationHandler{Conversations: c},
		DeleteConversation:  commands.DeleteConversationHandler{Conversations: c},
		RestoreConversation: commands.RestoreConversationHandler{Conversations: c},
		PurgeConversation:   commands.PurgeConversationHandler{Conversations: c},
		DeleteConversations: commands.DeleteConversationsHandler{Conversations: c},
		CloseConversations:  commands.CloseConversationsHandler{Conversations: c},
		ReopenConversations: commands.ReopenConversationsHandler{Conversations: c},
		AssignConversations: commands.AssignConversationsHandler{Conversations: c},
		ReadConversations:   commands.ReadConversationsHandler{Conversations: c},
		UploadAttachment: commands.UploadAttachmentHandler{Attachments: commands.Attachments{
			Files: c.Files, Directory: d, Blobs: store, Recognize: filetype.Of, HeadBytes: filetype.HeadBytes,
		}},
		AddMessage:         commands.AddMessageHandler{Conversations: c},
		EditMessage:        commands.EditMessageHandler{Conversations: c},
		RedactMessage:      commands.RedactMessageHandler{Conversations: c},
		AttachContext:      commands.AttachContextHandler{Conversations: c},
		DetachContext:      commands.DetachContextHandler{Conversations: c},
		AddParticipant:     commands.AddParticipantHandler{Conversations: c},
		RemoveParticipant:  commands.RemoveParticipantHandler{Conversations: c},
		CloseConversation:  commands.CloseConversationHandler{Conversations: c},
		ReopenConversation: commands.ReopenConversationHandler{Conversations: c},
		MarkRead:           commands.MarkReadHandler{Conversations: c},
		MarkAllRead:        commands.MarkAllReadHandler{Conversations: c},
		MarkUnread:         commands.MarkUnreadHandler{Conversations: c},
		MuteConversation:   commands.MuteConversationHandler{Conversations: c},
		UnmuteConversation: commands.UnmuteConversationHandler{Conversations: c},
		MirrorPerson:       commands.MirrorPersonHandler{Directory: d},
		RemovePerson:       commands.RemovePersonHandler{Directory: d},
		MirrorRecord:       commands.MirrorRecordHandler{Directory: d},
		RemoveRecord:       commands.RemoveRecordHandler{Directory: d},
		MirrorRecordType:   commands.MirrorRecordTypeHandler{Directory: d},
		RemoveRecordType:   commands.RemoveRecordTypeHandler{Directory: d},
		MirrorCustomer:     commands.MirrorCustomerHandler{Directory: d},
		RemoveCustomer:     commands.RemoveCustomerHandler{Directory: d},
		MirrorBusinessUnit: commands.MirrorBusinessUnitHandler{Directory: d},
		RemoveBusinessUnit: commands.RemoveBusinessUnitHandler{Directory: d},
		ImportLine:         commands.ImportLineHandler{Conversations: c},
		ChangeSettings:     commands.ChangeSettingsHandler{Directory: d},
	}
}

func projectors(t *testing.T, log eventlog.Log, db *sqlite.DB, board *projections.Board) (all []stream.Consumer) {
	registry := must(domain.NewRegistry(conversation.Types, reader.Types, directory.Types, notification.Types, notification.NotifierTypes, settings.Types, attachment.Types))(t)
	config := projections.Config{Log: log, DB: db, Registry: registry, Board: board}
	for _, p := range []projections.Projection{
		conversations.Projection, directorytables.Projection, inboxes.Projection, orders.Projection, receipts.Projection, search.Projection, timelines.Projection,
	} {
		all = append(all, projections.NewProjector(p, config))
	}
	return all
}

func questions(s queries.Sources) httpapi.Queries {
	return httpapi.Queries{
		Conversation:     queries.ConversationHandler{Sources: s},
		ConversationList: queries.ConversationListHandler{Sources: s},
		Messages:         queries.MessagesHandler{Sources: s},
		Readers:          queries.ReadersHandler{Sources: s},
		Attachment:       queries.AttachmentHandler{Sources: s},
		History:          queries.HistoryHandler{Sources: s},
		RecordActivities: queries.RecordActivitiesHandler{Sources: s},
		Search:           queries.SearchHandler{Sources: s},
		Unread:           queries.UnreadHandler{Sources: s},
		UnreadMarks:      queries.UnreadMarksHandler{Sources: s},
		People:           queries.PeopleHandler{Sources: s},
		Records:          queries.RecordsHandler{Sources: s},
		RecordView:       queries.RecordViewHandler{Sources: s},
		RecordTypes:      queries.RecordTypesHandler{Sources: s},
		Feed:             queries.NewFeedHandler(s),
	}
}
