package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/chi/v5"

	"parley/commands"
	"parley/domain/access"
	"parley/domain/blob"
	"parley/domain/eventlog"
	"parley/queries"
)

// Authenticator turns a request into an actor, or into an error of
// domain.CodeUnauthenticated.
type Authenticator interface {
	Authenticate(r *http.Request) (access.Actor, error)
	// Again is Authenticate for a request that has been under way since, which
	// does not count as use of a session.
	Again(r *http.Request) (access.Actor, error)
}

// Freshness is how far what commands decide on has come. Wait waits until it has
// passed a position, or fails with domain.CodeUnavailable when that takes too
// long.
type Freshness interface {
	Head() eventlog.Position
	Wait(ctx context.Context, position eventlog.Position) error
}

// Config is what the API serves. Everything is required but what says otherwise.
type Config struct {
	Authenticator Authenticator
	// SignIn signs browsers in; nil where they cannot be.
	SignIn    SignIn
	Commands  Commands
	Queries   Queries
	Directory *commands.Directory
	// Blobs has the content of files.
	Blobs     blob.Store
	Freshness Freshness
	// Markup turns a message's body into safe HTML.
	Markup func(body string) (html string)
	// PlainText turns a message's body into text without marks.
	PlainText   func(body string) (text string)
	Live        Live
	Projections Projections
	Readiness   ReadinessPort
	// Metrics serves /metrics.
	Metrics http.Handler
	// Observe, which may be nil, is told of every request.
	Observe func(Observation)
	Logger  *slog.Logger
	// Closing is closed when the server begins to close: streams and long polls
	// then end.
	Closing <-chan struct{}
	// BodyTimeout is how long a body may take, or, for an import, its next part;
	// 0 means 30 s.
	BodyTimeout time.Duration
	// FeedPause is how long a stream of the feed stays silent; 0 means 10 s.
	FeedPause time.Duration
	// RateLimits keeps people and addresses to what they may do in a short time.
	RateLimits bool
	// TrustedProxies are believed about whom they had a request from, by
	// X-Forwarded-For or Forwarded; none: a request comes from where its connection
	// does.
	TrustedProxies []netip.Prefix
	// Hosts are the names, beside those of loopback, that requests may say they are
	// for; none: any.
	Hosts []string
	// Version of the program, for the documentation.
	Version string
}

// Queries are the questions that routes ask.
type Queries struct {
	Conversation     queries.ConversationHandler
	ConversationList queries.ConversationListHandler
	Messages         queries.MessagesHandler
	Readers          queries.ReadersHandler
	Attachment       queries.AttachmentHandler
	History          queries.HistoryHandler
	RecordActivities queries.RecordActivitiesHandler
	Search           queries.SearchHandler
	Unread           queries.UnreadHandler
	UnreadMarks      queries.UnreadMarksHandler
	People           queries.PeopleHandler
	Records          queries.RecordsHandler
	RecordView       queries.RecordViewHandler
	RecordTypes      queries.RecordTypesHandler
	Feed             queries.FeedHandler
}

// api is the assembled API. It is immutable once New has returned.
type api struct {
	config Config
	rates  *rates
	router *chi.Mux
}

// New returns the API as one handler. It does not watch for slow headers or
// connections: that is the server's.
func New(c Config) http.Handler {
	if c.BodyTimeout == 0 {
		c.BodyTimeout = 30 * time.Second
	}
	if c.FeedPause == 0 {
		c.FeedPause = 10 * time.Second
	}
	a := &api{config: c, rates: newRates(c.RateLimits), router: chi.NewRouter()}
	a.router.Use(a.observed)
	a.router.NotFound(a.notFound)
	a.router.MethodNotAllowed(a.methodNotAllowed)
	a.mount(a.operations())
	return a.router
}
