package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"

	"github.com/alecthomas/kong"
)

// commandLine is the commands and, through each, all settings. Every flag can
// also be set as a variable (--eventstore-listen as PARLEY_EVENTSTORE_LISTEN) or
// in the file of --config: a flag wins over a variable, a variable over the file.
type commandLine struct {
	Config kong.ConfigFlag `help:"JSON file of settings, the names being those of the flags." placeholder:"FILE"`

	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Node    nodeCommand    `cmd:"" help:"Run the embedded event store alone, for official EventStoreDB clients."`
	Import  importCommand  `cmd:"" help:"Bring in people, records and conversations from a file."`
	Rebuild rebuildCommand `cmd:"" help:"Make a read model anew from the events, beside the live one."`

	Verify   verifyCommand   `cmd:"" help:"Check every event of the embedded event store."`
	Backup   backupCommand   `cmd:"" help:"Copy the embedded event store while it is used."`
	Restore  restoreCommand  `cmd:"" help:"Make a data folder of a backup."`
	Scavenge scavengeCommand `cmd:"" help:"Remove the events that the metadata of their streams no longer shows."`
}

// loadSettings reads the file of --config. What it says counts where no variable
// does; by itself the library would have it the other way round.
func loadSettings(r io.Reader) (kong.Resolver, error) {
	file, err := kong.JSON(r)
	if err != nil {
		return nil, fmt.Errorf("the settings file is not JSON: %w", err)
	}
	return kong.ResolverFunc(func(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if value, ok := os.LookupEnv(name); ok {
				return value, nil
			}
		}
		return file.Resolve(c, parent, flag)
	}), nil
}

// stores says where events and read models are.
type stores struct {
	Data       string `help:"Folder of this server's own files, created if missing: the embedded event store and read models unless others are given." default:"./parley-data" type:"path"`
	EventStore string `name:"eventstore" help:"EventStoreDB to use in place of the embedded event store." placeholder:"esdb://HOST:2113"`
	Database   string `help:"PostgreSQL to use in place of the embedded read models." placeholder:"postgres://…"`
}

// check returns a usage error for a setting that cannot work.
func (s stores) check() error {
	if s.EventStore != "" && !hasScheme(s.EventStore, "esdb", "esdb+discover", "kurrentdb", "kurrentdb+discover") {
		return usagef("--eventstore must be a connection string such as esdb://localhost:2113?tls=false")
	}
	if s.Database != "" && !hasScheme(s.Database, "postgres", "postgresql") {
		return usagef("--database must be an address such as postgres://user:password@localhost:5432/parley")
	}
	return nil
}

func hasScheme(address string, schemes ...string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return true
		}
	}
	return false
}

// isLoopback reports whether an address can only be reached from this machine.
func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
