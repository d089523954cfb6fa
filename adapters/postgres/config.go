package postgres

import (
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Defaults of the Config.
const (
	DefaultMaxConns = 16
	DefaultTimeout  = 5 * time.Minute
)

// writerConns bounds the connections that batches and schema changes use.
const writerConns = 8

// Config says how to reach the database.
type Config struct {
	// URL is postgres://user:password@host:port/database?options, or the
	// key=value form. It must not lead through a pooler in transaction mode:
	// leadership is held by a session.
	URL string
	// MaxConns bounds the connections for queries; DefaultMaxConns when zero.
	// Writing uses up to eight more, and each leadership one.
	MaxConns int
	// AsyncCommit acknowledges a batch before it is on disk. A crash of the
	// server may then lose the last ones, checkpoints included, which is safe
	// for whatever can be derived again.
	AsyncCommit bool
	// Timeout bounds every statement, on the server and here, so that nothing
	// hangs for ever; DefaultTimeout when zero.
	Timeout time.Duration
	// Logger hears of changes of leadership; slog.Default() when nil.
	Logger *slog.Logger
}

func (c *Config) setDefaults() {
	if c.MaxConns <= 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
}

// pool parses the URL for one kind of use. Settings that the URL itself brings
// win over those given here.
func (c *Config) pool(maxConns int, settings map[string]string) (*pgxpool.Config, error) {
	parsed, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("the database URL is malformed: write it as "+
			"postgres://user:password@host:5432/database: %w", err)
	}
	parsed.MaxConns = int32(maxConns)
	parsed.MaxConnIdleTime = 5 * time.Minute
	parsed.PingTimeout = 5 * time.Second
	if parsed.ConnConfig.ConnectTimeout == 0 {
		parsed.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	params := parsed.ConnConfig.RuntimeParams
	for name, value := range settings {
		setDefault(params, name, value)
	}
	setDefault(params, "application_name", "parley")
	setDefault(params, "statement_timeout", strconv.FormatInt(c.Timeout.Milliseconds(), 10))
	setDefault(params, "idle_in_transaction_session_timeout", "60000")
	return parsed, nil
}

// planSettings make the server keep the plan of a statement, since planning it for
// each call costs more than running it. A plan that is made while a table is still
// empty must be right for a full one: what is read and written again and again is
// found by its keys, so it uses indexes wherever there is one. Where there is none,
// the server puts so high a cost on the scan that it would compile it first.
var planSettings = map[string]string{
	"plan_cache_mode": "force_generic_plan",
	"enable_hashjoin": "off", "enable_mergejoin": "off", "enable_seqscan": "off",
	"jit": "off",
}

func (c *Config) writerSettings() map[string]string {
	settings := maps.Clone(planSettings)
	if c.AsyncCommit {
		settings["synchronous_commit"] = "off"
	}
	return settings
}

// readerSettings also keep the server from remembering the rows of a join: a page
// has too few of them to meet one again.
func readerSettings() map[string]string {
	settings := maps.Clone(planSettings)
	settings["enable_memoize"] = "off"
	settings["default_transaction_read_only"] = "on"
	return settings
}

func setDefault(params map[string]string, name, value string) {
	if _, given := params[name]; !given {
		params[name] = value
	}
}
