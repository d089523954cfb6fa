package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
)

// outside says where the embedded event store is open to official clients, and
// to whom. The variables are the same for every command.
type outside struct {
	Listen      string `help:"Open the event store to official EventStoreDB clients here, plain; loopback only." placeholder:"HOST:PORT" env:"PARLEY_EVENTSTORE_LISTEN"`
	TLSListen   string `name:"tls-listen" help:"Open it here too, or only here, with TLS; off loopback with credentials only." placeholder:"HOST:PORT" env:"PARLEY_EVENTSTORE_TLS_LISTEN"`
	TLSCert     string `name:"tls-cert" help:"PEM file of the certificate and what leads to its authority." placeholder:"FILE" env:"PARLEY_EVENTSTORE_TLS_CERT"`
	TLSKey      string `name:"tls-key" help:"PEM file of the certificate's key." placeholder:"FILE" env:"PARLEY_EVENTSTORE_TLS_KEY"`
	Credentials string `help:"What clients must show with TLS; better set by the variable, since everybody on a machine can see a program's arguments." placeholder:"USER:PASSWORD" env:"PARLEY_EVENTSTORE_CREDENTIALS"`
	Writable    bool   `help:"Let those clients append to Parley's own streams, too." env:"PARLEY_EVENTSTORE_WRITABLE"`
}

// check returns a usage error for settings that cannot work together. The prefix
// is what the command calls them by: "--" or "--eventstore-".
func (o outside) check(prefix string) error {
	user, password, _ := strings.Cut(o.Credentials, ":")
	switch {
	case o.Listen != "" && !isLoopback(o.Listen):
		return usagef("%slisten must be a loopback address such as 127.0.0.1:2113, since nobody is asked there who they are; use %stls-listen for others", prefix, prefix)
	case o.TLSListen == "" && (o.TLSCert != "" || o.TLSKey != ""):
		return usagef("%stls-cert and %stls-key need %stls-listen", prefix, prefix, prefix)
	case o.TLSListen == "" && o.Credentials != "":
		return usagef("%scredentials need %stls-listen: they are only asked for with TLS", prefix, prefix)
	case o.TLSListen != "" && (o.TLSCert == "" || o.TLSKey == ""):
		return usagef("%stls-listen needs %stls-cert and %stls-key", prefix, prefix, prefix)
	case o.TLSListen != "" && o.Credentials == "" && !isLoopback(o.TLSListen):
		return usagef("%stls-listen needs %scredentials unless it is a loopback address: anybody could read everything", prefix, prefix)
	case o.Credentials != "" && (user == "" || password == ""):
		return usagef("%scredentials must be a user and a password, such as reader:secret", prefix)
	case o.Writable && !o.isOpen():
		return usagef("%swritable needs %slisten or %stls-listen", prefix, prefix, prefix)
	}
	return nil
}

// isOpen reports whether anybody can come in.
func (o outside) isOpen() bool { return o.Listen != "" || o.TLSListen != "" }

// gates are the listeners for official clients; either may be nil.
type gates struct{ plain, secured net.Listener }

// listen opens the addresses and reads the key.
func (o outside) listen(prefix string) (g gates, err error) {
	if o.Listen != "" {
		if g.plain, err = listen(prefix+"listen", o.Listen); err != nil {
			return g, err
		}
	}
	if o.TLSListen == "" {
		return g, nil
	}
	cert, err := tls.LoadX509KeyPair(o.TLSCert, o.TLSKey)
	if err != nil {
		return g, errors.Join(usagef("%stls-cert and %stls-key cannot be used: %v", prefix, prefix, err), g.close())
	}
	listener, err := listen(prefix+"tls-listen", o.TLSListen)
	if err != nil {
		return g, errors.Join(err, g.close())
	}
	g.secured = tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"},
	})
	return g, nil
}

// each returns the listeners that are there.
func (g gates) each() []net.Listener {
	var all []net.Listener
	for _, l := range []net.Listener{g.plain, g.secured} {
		if l != nil {
			all = append(all, l)
		}
	}
	return all
}

// close closes the listeners; it may follow a stop, which does so, too.
func (g gates) close() error {
	var all error
	for _, l := range g.each() {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			all = errors.Join(all, fmt.Errorf("stop listening: %w", err))
		}
	}
	return all
}

// greet prints a connection string for each listener.
func (g gates) greet(std stdio, asked bool) {
	if g.plain != nil {
		fmt.Fprintf(std.out, "Official EventStoreDB clients: esdb://%s?tls=false\n", g.plain.Addr())
	}
	if g.secured != nil {
		user := ""
		if asked {
			user = "USER:PASSWORD@"
		}
		fmt.Fprintf(std.out, "Official EventStoreDB clients: esdb://%s%s\n", user, reachable(g.secured.Addr()))
	}
}

// reachable returns an address to dial: a listener on all addresses is dialled
// by the name of the machine.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return address.String()
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// serve answers official clients on the listeners, as part of the group, until
// stop.
func (o outside) serve(ctx context.Context, group *errgroup.Group, node *eventnode.Node, g gates, logger *slog.Logger) (stop func(context.Context)) {
	open := g.each()
	if len(open) == 0 {
		return func(context.Context) {}
	}
	// A store that cannot be written now can be read: that is no reason to stay
	// closed.
	if err := transport.Seed(ctx, node); err != nil {
		logger.Warn("the streams that some tools wait for could not be written", "error", err)
	}
	user, password, _ := strings.Cut(o.Credentials, ":")
	server := transport.New(node, transport.Config{
		Writable: o.Writable, Credentials: transport.Credentials{User: user, Password: password}, Logger: logger,
	})
	for _, l := range open {
		group.Go(func() error { return server.Serve(l) })
	}
	return server.Stop
}
