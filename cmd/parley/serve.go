package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"

	"parley/domain"
)

// outsidePrefix begins the settings by which a server opens its event store.
const outsidePrefix = "--eventstore-"

// serveCommand runs the server until it is told to stop.
type serveCommand struct {
	stores
	Listen           string         `help:"Address for HTTP." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo             bool           `help:"Seed people and records to try it with, and let anybody sign in as any of them; loopback only, and only by its own host names."`
	DemoOrganization string         `help:"Whose the demo's people and records are; demos on one event store need one each." default:"acme" placeholder:"ID"`
	Outside          outside        `embed:"" prefix:"eventstore-"`
	SignIn           signIn         `embed:""`
	Files            files          `embed:""`
	DefaultOwner     string         `help:"Id of the user who owns what customer users without a sales representative start; admin in the demo." placeholder:"ID"`
	SMTP             string         `name:"smtp" help:"Mail server; without it no mail is decided or sent." placeholder:"smtp://USER:PASSWORD@HOST:587"`
	MailFrom         string         `help:"Sender of mails." default:"Parley <parley@localhost>" placeholder:"ADDRESS"`
	PublicURL        string         `name:"public-url" help:"Where people open Parley, for the links in mails." placeholder:"URL"`
	RateLimits       string         `help:"Whether people and addresses are kept to so many requests in a short time: on, off, or auto: on but in the demo." default:"auto" enum:"on,off,auto"`
	TrustedProxies   []netip.Prefix `help:"Networks of the proxies before this server, which are believed about the address that a request comes from, by X-Forwarded-For or Forwarded; ::1/128 is one address." placeholder:"CIDR"`
	LogLevel         string         `help:"How much to log: debug, info, warn or error." default:"info" enum:"debug,info,warn,error"`
}

// check returns a usage error for settings that cannot work together.
func (c serveCommand) check() error {
	if err := c.stores.check(); err != nil {
		return err
	}
	switch {
	case c.Demo && !isLoopback(c.Listen):
		return usagef("--demo lets anybody sign in as anybody, so --listen must be a loopback address such as 127.0.0.1:8080")
	case c.Demo && domain.CheckID(c.DemoOrganization) != "":
		return usagef("--demo-organization: %s", domain.CheckID(c.DemoOrganization))
	case c.Outside.isOpen() && c.EventStore != "":
		return usagef("--eventstore-listen opens the embedded event store, but --eventstore names another one: leave one of them out")
	}
	for _, p := range c.TrustedProxies {
		if p.Bits() == 0 {
			return usagef("--trusted-proxies %s would believe everybody about their address: name the networks of your proxies", p)
		}
	}
	if err := c.SignIn.check(c.Listen, c.PublicURL); err != nil {
		return err
	}
	if err := c.Files.check(); err != nil {
		return err
	}
	return c.Outside.check(outsidePrefix)
}

// limitsRates reports whether people and addresses are kept to their limits.
func (c serveCommand) limitsRates() bool {
	return c.RateLimits == "on" || c.RateLimits == "auto" && !c.Demo
}

// isForOneCommand reports whether these are the settings of a server that one
// command of the operator starts for itself.
func (c serveCommand) isForOneCommand() bool { return c.Listen == "" }

// Run implements the command.
func (c serveCommand) Run(ctx context.Context, std stdio) error {
	if err := c.check(); err != nil {
		return err
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	people, err := listen("--listen", c.Listen)
	if err != nil {
		return err
	}
	defer people.Close()
	g, err := c.Outside.listen(outsidePrefix)
	if err != nil {
		return err
	}
	defer g.close()
	a, err := newApp(ctx, c, f, newLogger(std, c.LogLevel))
	if err != nil {
		return err
	}
	c.greet(std, people, g)
	doors := []door{{newHTTPServer(a.public), people}}
	return a.serve(ctx, doors, g, func(life context.Context) error {
		select {
		case <-ctx.Done():
		case <-life.Done():
		}
		return nil
	})
}

// listen opens the address of a setting.
func listen(setting, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, usagef("%s %s cannot be used: %v", setting, address, err)
	}
	return listener, nil
}

// greet says where the server listens and, in the demo, who to sign in as.
func (c serveCommand) greet(std stdio, people net.Listener, g gates) {
	fmt.Fprintf(std.out, "Parley listens on http://%s\n", people.Addr())
	g.greet(std, c.Outside.Credentials != "")
	if c.Demo {
		greetDemo(std, c.DemoOrganization, people.Addr().String())
	}
	if !c.Demo && c.SignIn.letsNobodyIn() {
		fmt.Fprintln(std.err, "parley: nobody can sign in: give --oidc-issuer, or --jwt-keys, --jwt-issuer and --jwt-audience, or try --demo")
	}
}

func newLogger(std stdio, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l}
	if f, ok := std.err.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(std.err, options))
		}
	}
	return slog.New(slog.NewJSONHandler(std.err, options))
}
