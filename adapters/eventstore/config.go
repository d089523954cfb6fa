package eventstore

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// Config says where the event store is. Only ConnectionString is required.
type Config struct {
	// ConnectionString is esdb://host:port for a node, esdb://host1:port,host2:port
	// or esdb+discover://name:port for a cluster, with ?tls=false for a server
	// without TLS.
	ConnectionString string
	// Logger hears of a connection that is lost or found again. Default: none.
	Logger *slog.Logger
	// CallTimeout is how long one attempt of a call waits for its answer before
	// it is made again. Default: 5 s.
	CallTimeout time.Duration
	// Heartbeat is how long a connection may be silent before it is asked
	// whether it is still there; it has twice as long to answer. Default: 1 s.
	Heartbeat time.Duration
}

const (
	defaultCallTimeout = 5 * time.Second
	defaultHeartbeat   = time.Second
)

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.CallTimeout <= 0 {
		c.CallTimeout = defaultCallTimeout
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = defaultHeartbeat
	}
	return c
}

// clientConfig parses the connection string and forces what supervision rests
// on, whatever the string says.
func (c Config) clientConfig() (esdb.Configuration, error) {
	conf, err := esdb.ParseConnectionString(c.ConnectionString)
	if err == nil {
		err = conf.Validate()
	}
	if err != nil {
		return esdb.Configuration{}, c.explain(err)
	}
	conf.NodePreference = esdb.NodePreferenceLeader
	conf.Logger = esdb.NoopLogging()
	return *conf, nil
}

// explain says what is wrong and what to write instead. A string with
// credentials is not quoted, not even in part: the message may be logged.
func (c Config) explain(err error) error {
	const advice = "write esdb://host:2113 (with ?tls=false for a server without TLS) or esdb+discover://name:2113, and percent-encode special characters in user and password"
	if strings.Contains(c.ConnectionString, "@") {
		err = errors.New("it cannot be parsed")
	}
	return fmt.Errorf("event store connection string: %w: %s", err, advice)
}

// probing returns the configuration of a client that tries each address once.
func probing(conf esdb.Configuration) *esdb.Configuration {
	conf.MaxDiscoverAttempts = 1
	conf.DiscoveryInterval = 0
	return &conf
}

// serving returns the configuration of a client that never gives up: one that
// does leaves its callers hanging for ever.
func serving(conf esdb.Configuration) *esdb.Configuration {
	conf.MaxDiscoverAttempts = math.MaxInt32
	return &conf
}
