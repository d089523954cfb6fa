package eventstore

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/url"
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
	// Logger hears of a connection that is found, and of what is the matter: at once,
	// and then once a minute while it lasts. Default: none.
	Logger *slog.Logger
	// CallTimeout is how long one attempt of a call waits for its answer before
	// it is made again. Default: 5 s.
	CallTimeout time.Duration
	// Heartbeat is how long a connection may be silent before it is asked
	// whether it is still there; it has twice as long to answer. Default: 1 s.
	Heartbeat time.Duration
	// SecondLook is how long after the leader has shown another log it is asked
	// again, before that is believed. Default: 2 s.
	SecondLook time.Duration
}

const (
	defaultCallTimeout = 5 * time.Second
	defaultHeartbeat   = time.Second
	defaultSecondLook  = 2 * time.Second
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
	if c.SecondLook <= 0 {
		c.SecondLook = defaultSecondLook
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
	if conf.UserCertFile != "" {
		if _, err := tls.LoadX509KeyPair(conf.UserCertFile, conf.UserKeyFile); err != nil {
			return esdb.Configuration{}, fmt.Errorf("event store connection string: userCertFile and userKeyFile: %w", err)
		}
	}
	conf.NodePreference = esdb.NodePreferenceLeader
	conf.Logger = esdb.NoopLogging()
	return *conf, nil
}

// explain says what is wrong and what to write instead. A string with
// credentials is not quoted, not even in part: the message may be logged. The file
// of an authority is named: it is the file that is wrong.
func (c Config) explain(err error) error {
	const advice = "write esdb://host:2113 (with ?tls=false for a server without TLS) or esdb+discover://name:2113, and percent-encode special characters in user and password"
	if file, named := c.setting("tlscafile"); named && isOfFile(err) {
		return fmt.Errorf("event store connection string: tlsCaFile %s: %w", file, reasonOf(err))
	}
	if strings.Contains(c.ConnectionString, "@") {
		err = errors.New("it cannot be parsed")
	}
	return fmt.Errorf("event store connection string: %w: %s", err, advice)
}

// setting returns a setting behind the question mark, by its name in lower case.
// What stands before an @ may be a password and is not looked at.
func (c Config) setting(name string) (value string, set bool) {
	_, text, _ := strings.Cut(c.ConnectionString[strings.LastIndex(c.ConnectionString, "@")+1:], "?")
	settings, _ := url.ParseQuery(text) // what can be parsed is there
	for key, values := range settings {
		if strings.EqualFold(key, name) {
			return values[0], true
		}
	}
	return "", false
}

// errNoCertificates is what is wrong with a file of an authority that can be read.
var errNoCertificates = errors.New("it holds no certificate in PEM form")

// isOfFile reports whether an error of parsing is about the authority's file.
func isOfFile(err error) bool {
	_, unread := errors.AsType[*fs.PathError](err)
	return unread || strings.Contains(err.Error(), "append certificate file")
}

// reasonOf is what is wrong with the file, without naming it again.
func reasonOf(err error) error {
	if unread, ok := errors.AsType[*fs.PathError](err); ok {
		return unread.Err
	}
	return errNoCertificates
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
