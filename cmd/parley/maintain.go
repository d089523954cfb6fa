package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"parley/adapters/eventnode"
	"parley/commands"
)

// maintained is the embedded event store that a command works on: of the server
// that holds the data folder, or opened by the command itself.
type maintained struct {
	Data       string `help:"Data folder of the server, running or not." default:"./parley-data" type:"path"`
	EventStore string `name:"eventstore" help:"Refused: an EventStoreDB has tools of its own for this." placeholder:"esdb://HOST:2113"`
}

// ownTools are those of EventStoreDB that do what a command does for a folder.
var ownTools = map[string]string{
	"verify":   "it checks the hashes of its files at each start, unless it runs with skip-db-verify",
	"backup":   "take a snapshot of its volume, or copy its files in the order that its manual gives",
	"scavenge": "send POST /admin/scavenge to each of its nodes, or start a scavenge on the Admin page of each",
}

// notForServers says which of its own tools does what the command does not do for
// an EventStoreDB.
func notForServers(command string) error {
	return usagef("parley %s is for the event store in a data folder, and the events are in an EventStoreDB: %s; "+
		"leave --eventstore and PARLEY_EVENTSTORE out for a folder", command, ownTools[command])
}

// with calls one of the two: running with the server that holds the folder, or
// stopped with the folder, which is held meanwhile.
func (m maintained) with(command string, running func(server) error, stopped func(*folder) error) error {
	if m.EventStore != "" {
		return notForServers(command)
	}
	if _, err := os.Stat(filepath.Join(m.Data, "events", "events.db")); err != nil {
		return usagef("--data %s holds no event log", m.Data)
	}
	f, err := holdFolder(m.Data)
	if errors.Is(err, errFolderInUse) {
		return running(operatorOf(m.Data))
	}
	if err != nil {
		return err
	}
	return errors.Join(stopped(f), f.release())
}

// opened calls use with the event store of a folder.
func opened(f *folder, std stdio, use func(*eventnode.Node) error) error {
	node, err := eventnode.Open(eventnode.Config{Dir: f.events(), Logger: newLogger(std, "warn"), ScrubBytesPerSecond: -1})
	if err != nil {
		return err
	}
	return errors.Join(use(node), node.Close())
}

func (p *progress) inPositions() eventnode.Progress {
	return inPositions(func(done, total uint64) { p.at(int64(done), int64(total)) })
}

// verifyCommand checks every event.
type verifyCommand struct {
	maintained
	RenewWitness bool `help:"Write a new witness of the log's end (file head) when all events are whole; what the old one said is given up. The server must be stopped."`
}

// Run implements the command.
func (c verifyCommand) Run(ctx context.Context, std stdio) error {
	bar, began := newProgress(std.err, "verifying"), time.Now()
	var report eventnode.Report
	err := c.with("verify", func(s server) error {
		if c.RenewWitness {
			return usagef("--renew-witness needs the server to be stopped")
		}
		return s.operate(ctx, verifyRoute, bar, &report)
	}, func(f *folder) (err error) {
		verify := eventnode.Verify
		if c.RenewWitness {
			verify = eventnode.RenewWitness
		}
		report, err = verify(ctx, f.events(), bar.inPositions())
		bar.end()
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range report.Findings {
		fmt.Fprintf(std.out, "position %d: %s\n", f.Position, f.Reason)
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("the event log is damaged in %d places: keep the folder as it is, restore a backup into another one with 'parley restore', and run the server on that", n)
	}
	fmt.Fprintf(std.out, "%d events up to position %d are whole; %s\n", report.Events, report.Head, time.Since(began).Round(time.Millisecond))
	return nil
}

// backupCommand copies the event log while appends go on.
type backupCommand struct {
	maintained
	To string `required:"" help:"Folder for the backup, empty or missing." type:"path" placeholder:"FOLDER"`
}

// Run implements the command.
func (c backupCommand) Run(ctx context.Context, std stdio) error {
	bar := newProgress(std.err, "backing up")
	var m eventnode.Manifest
	err := c.with("backup", func(s server) error {
		return s.operate(ctx, backupRoute+"?to="+url.QueryEscape(c.To), bar, &m)
	}, func(f *folder) error {
		return opened(f, std, func(node *eventnode.Node) (err error) {
			m, err = node.Backup(ctx, c.To, bar.inPositions())
			bar.end()
			return err
		})
	})
	if errors.Is(err, eventnode.ErrNotEmpty) {
		return usagef("--to %v; name one that is empty or missing", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d events up to position %d are in %s: all that was acknowledged before %s\n",
		m.Events, m.Head, c.To, m.Covers.Format(time.RFC3339Nano))
	return nil
}

// restoreCommand makes a data folder of a backup.
type restoreCommand struct {
	From string `arg:"" help:"Folder of the backup." type:"path"`
	Data string `required:"" help:"New data folder, empty or missing." type:"path" placeholder:"FOLDER"`
}

// Run implements the command.
func (c restoreCommand) Run(ctx context.Context, std stdio) error {
	entries, err := os.ReadDir(c.Data)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return usagef("--data %s cannot be used: %v", c.Data, err)
	}
	if len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "lock" {
		return usagef("--data %s is not empty: a backup is restored into a folder of its own; name one that is empty or missing", c.Data)
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	bar := newProgress(std.err, "restoring")
	m, err := eventnode.Restore(ctx, c.From, f.events(), bar.inPositions())
	bar.end()
	if err != nil {
		return err
	}
	if err := opened(f, std, func(node *eventnode.Node) error { return markRestored(ctx, node) }); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d events up to position %d are restored into %s and whole; 'parley serve --data %s' makes the read models anew\n", m.Events, m.Head, c.Data, c.Data)
	return nil
}

// markRestored keeps a server on the restored log from telling people what the
// server that went on after the backup may have told them.
func markRestored(ctx context.Context, node *eventnode.Node) error {
	u := newUseCases(&stack{log: node, node: node}, nil, "", nil)
	return commands.MarkRestoredHandler{Notifiers: u.notifiers}.Handle(ctx, commands.MarkRestored{})
}

// scavengeCommand removes what the metadata of streams says may go.
type scavengeCommand struct{ maintained }

// Run implements the command.
func (c scavengeCommand) Run(ctx context.Context, std stdio) error {
	bar := newProgress(std.err, "scavenging: events removed")
	var sum eventnode.Scavenged
	err := c.with("scavenge", func(s server) error {
		return s.operate(ctx, scavengeRoute, bar, &sum)
	}, func(f *folder) error {
		return opened(f, std, func(node *eventnode.Node) (err error) {
			sum, err = node.Scavenge(ctx, func(s eventnode.Scavenged) { bar.at(int64(s.Events), 0) })
			bar.end()
			return err
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d events of %d bytes were removed; later events use the space\n", sum.Events, sum.Bytes)
	return nil
}

// firstLine returns the first line of a refusal.
func firstLine(r io.Reader) string {
	lines := bufio.NewScanner(io.LimitReader(r, 4096))
	lines.Scan()
	return lines.Text()
}
