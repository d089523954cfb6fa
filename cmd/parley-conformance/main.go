package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commandLine is what the program can be told.
type commandLine struct {
	Out        string   `help:"File to write; nothing is written without it." placeholder:"FILE"`
	Suites     []string `help:"Suites to run: go, node." default:"go,node"`
	Parley     string   `help:"The program to judge; built from the sources by default." placeholder:"FILE"`
	Packages   string   `help:"Folder where npm has installed the clients for Node.js already; they are installed anew by default." placeholder:"DIR"`
	EventStore string   `name:"eventstore" help:"A running event store to judge in place of nodes of the program's own: by the suites for Node.js, as it is, and without a page." placeholder:"esdb://HOST:2113"`
	Keep       string   `help:"Folder for the output of every group; a temporary one by default." placeholder:"DIR"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(&commandLine{}, kong.Name("parley-conformance"), kong.Description("Let the official clients' suites judge Parley's event store."))
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.FatalIfErrorf(parsed.Run())
}

// suites are the suites by name, in the order in which they run.
var suites = []struct {
	name string
	run  func(context.Context, *lab) ([]result, error)
}{
	{"go", runGoSuite},
	{"node", runNodeSuite},
}

// check refuses what cannot be said of a store that somebody else runs: the Go suite
// wants stores of its own, and the page is about Parley's.
func (c commandLine) check() error {
	if c.EventStore != "" && (c.Out != "" || contains(c.Suites, "go")) {
		return errors.New("--eventstore goes with --suites node and without --out")
	}
	return nil
}

// Run implements the command.
func (c commandLine) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	l, err := openLab(ctx, c)
	if err != nil {
		return err
	}
	defer l.close()
	var all []result
	for _, s := range suites {
		if !contains(c.Suites, s.name) {
			continue
		}
		results, err := s.run(ctx, l)
		if err != nil {
			return fmt.Errorf("suite %s: %w", s.name, err)
		}
		all = append(all, results...)
	}
	v := judge(all)
	v.print(os.Stdout)
	if c.Out != "" {
		if err := v.write(c.Out); err != nil {
			return err
		}
	}
	return v.err()
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
