package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/adapters/httpapi"
	"parley/adapters/live"
	"parley/adapters/snapshots"
	"parley/adapters/stream"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/domain/settings"
	"parley/projections"
	"parley/queries"
)

// version is the program's, for its documentation.
const version = "0.1.0"

// assemble joins the parts: commands over the log, projections from the log to
// the database, queries over the database, and the API over both.
func (a *app) assemble() error {
	registry, err := domain.NewRegistry(conversation.Types, reader.Types, directory.Types, notification.Types, notification.NotifierTypes, settings.Types, attachment.Types)
	if err != nil {
		return err
	}
	a.snapshots = snapshots.New(a.stack.db, a.logger)
	// Before all that hears of the log through the follower: so this is the first to
	// forget a log, and nobody hears of it afterwards.
	a.use = newUseCases(a.stack, queries.Receipts{DB: a.stack.db}, a.settings.defaultOwner(), a.snapshots)
	board := projections.NewBoard(a.stack.log, a.stack.db)
	board.OnAdvance(a.wakeNotifier)
	decoded := projections.NewDecoded(registry)
	a.models = newReadModels(a.life, projections.Config{
		Log: a.stack.log, DB: a.stack.db, Registry: registry, Board: board, Decoded: decoded, Logger: a.logger,
	})
	a.metrics = newMetrics(a.models)
	if err := a.assembleRouter(); err != nil {
		return err
	}
	a.texts = newTexts()
	sources := queries.Sources{DB: a.stack.db, Log: a.stack.log, Freshness: freshness{board: board}, PlainText: a.texts.plain.Of}
	a.use.follower.OnBatch(board.Hear)
	sources.Lineage, sources.Heard, sources.Inspect = a.use.directory, a.use.follower, a.use.conversations.Repository.Inspect
	if a.use.notifier, err = newNotifier(a.settings, a.use, sources, a.texts, a.logger); err != nil {
		return err
	}
	a.use.autoCloser = commands.AutoCloser{
		Idling: queries.IdleConversations{Sources: sources},
		Close:  commands.CloseIdleConversationHandler{Conversations: a.use.conversations}, Logger: a.logger,
	}
	if a.use.files, err = a.settings.Files.assemble(a.folder, a.use); err != nil {
		return err
	}
	a.use.cleaner = a.settings.Files.cleaner(a.use.files, a.use, sources, a.logger)
	a.use.purger = &commands.Purger{
		Purged:        queries.PurgedConversations{Sources: sources},
		Conversations: a.use.conversations.Repository, Logger: a.logger,
	}
	a.readiness = newReadiness(a.stack.log, a.use.follower, a.models)
	a.hub, a.unhear = live.New(live.Config{
		Source: a.use.follower, Freshness: freshness{board: board, patient: true}, Projections: []string{"conversations", "directory", "inboxes", "timelines"},
		Rights: rights{a.use.directory, a.use.conversations.Repository}, Log: a.stack.log, Decoded: decoded, Logger: a.logger,
	})
	a.metrics.streams(a.hub.Open)
	return a.assembleAPI(sources)
}

func (a *app) assembleRouter() (err error) {
	consumers := make([]stream.Consumer, 0, len(a.models.projectors))
	for _, p := range a.models.projectors {
		consumers = append(consumers, p)
	}
	slices.SortFunc(consumers, func(x, y stream.Consumer) int { return strings.Compare(x.Name(), y.Name()) })
	a.router, err = stream.NewRouter(stream.Config{
		Log: a.stack.log, Lead: a.stack.db.Lead, Consumers: consumers, Observe: a.metrics.batch, Logger: a.logger,
	})
	return err
}

// assembleAPI makes the two doors of the API: one for people, and the operator's,
// which needs no token because only the data folder's owner can open it.
func (a *app) assembleAPI(sources queries.Sources) error {
	people, browsers, err := a.settings.SignIn.visitors(a.use.directory, a.stack.db, a.settings.PublicURL, a.settings.demoOrganization())
	if err != nil {
		return err
	}
	config := httpapi.Config{
		Authenticator: people,
		SignIn:        browsers,
		Commands:      a.use.forAPI(),
		Queries:       queriesForAPI(sources),
		Directory:     a.use.directory,
		Blobs:         a.use.files.Blobs,
		Freshness:     a.use.follower,
		Markup:        a.texts.html.Of,
		PlainText:     a.texts.plain.Of,
		Live:          a.hub,
		Projections:   a.models,
		Readiness:     a.readiness,
		Metrics:       a.metrics.handler(),
		Observe:       a.metrics.request,
		Logger:        a.logger,
		Closing:       a.closing,
		RateLimits:    a.settings.limitsRates(),
		Version:       version,
	}
	config.Hosts, config.TrustedProxies = a.settings.demoHosts(), a.settings.TrustedProxies
	a.public = httpapi.New(config)
	config.Authenticator, config.SignIn, config.Observe, config.RateLimits = operatorIdentity{}, nil, nil, false
	config.Hosts, config.TrustedProxies = nil, nil
	a.operator = httpapi.New(config)
	return nil
}

// demoOrganization is the demo's, or none without it.
func (c serveCommand) demoOrganization() string {
	if !c.Demo {
		return ""
	}
	return c.DemoOrganization
}

// demoHosts are the names by which the demo is reached: of its listener and, where
// a proxy stands before it, of its public address. Without the demo there are none:
// who has a token may come by any name.
func (c serveCommand) demoHosts() []string {
	if !c.Demo {
		return nil
	}
	hosts := []string{c.Listen}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		hosts = append(hosts, u.Host)
	}
	return hosts
}

func (c serveCommand) defaultOwner() string {
	if c.Demo && c.DefaultOwner == "" {
		return demoDefaultOwner
	}
	return c.DefaultOwner
}

// queriesForAPI returns the questions that routes ask.
func queriesForAPI(s queries.Sources) httpapi.Queries {
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

// withOwnServer runs a server for one command of the operator: it serves the
// folder's socket and nothing else.
func withOwnServer(ctx context.Context, std stdio, s stores, f *folder, use func(server) error) error {
	return serveFor(ctx, serveCommand{stores: s, LogLevel: "warn"}, std, f, use)
}

// operatorIdentity is who comes through the socket of the data folder: the
// operator, who acts for the installation and belongs to no organization.
type operatorIdentity struct{}

// Authenticate implements httpapi.Authenticator.
func (operatorIdentity) Authenticate(*http.Request) (access.Actor, error) {
	return access.SystemActor(""), nil
}

// Again implements httpapi.Authenticator.
func (operatorIdentity) Again(*http.Request) (access.Actor, error) {
	return access.SystemActor(""), nil
}

// systemRequest is a request of the server itself.
func systemRequest(organization string) commands.Request {
	return commands.Request{Actor: access.SystemActor(organization), Channel: domain.ChannelSystem}
}
