package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// What suites expect of a populated store: a stream and how many events it has.
const (
	populatedStream = "dataset20M-0"
	populatedEvents = 6_000
)

// login is what suites show.
const login = "admin:changeit"

// dialled is the address in a connection string.
var dialled = regexp.MustCompile(`esdb://(?:USER:PASSWORD@)?([^?\s]+)`)

// process is a running node. It answers at both addresses.
type process struct {
	plain, secured string
	cmd            *exec.Cmd
}

// start runs a node on a new folder.
func (l *lab) start(ctx context.Context, name string, populated bool) (*process, error) {
	dir, err := l.folder(name)
	if err != nil {
		return nil, err
	}
	if populated {
		if err := populate(ctx, filepath.Join(dir, "events")); err != nil {
			return nil, err
		}
	}
	log, err := os.Create(filepath.Join(l.keep, filepath.Base(dir)+".log"))
	if err != nil {
		return nil, fmt.Errorf("keep the node's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(l.parley, "node", "--data", dir, "--writable", "--listen", "127.0.0.1:0",
		"--tls-listen", "127.0.0.1:0", "--tls-cert", l.cert, "--tls-key", l.key)
	cmd.Env = append(os.Environ(), "PARLEY_EVENTSTORE_CREDENTIALS="+login)
	cmd.Stderr = log
	p := &process{cmd: cmd}
	return p, p.await()
}

// await starts the process and reads its addresses.
func (p *process) await() error {
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start a node: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start a node: %w", err)
	}
	lines := bufio.NewScanner(stdout)
	for _, address := range []*string{&p.plain, &p.secured} {
		if !lines.Scan() {
			return errors.Join(errors.New("the node does not start: see its log"), p.cmd.Wait())
		}
		if found := dialled.FindStringSubmatch(lines.Text()); found != nil {
			*address = found[1]
		}
	}
	return nil
}

// stop ends the node and expects that it does so properly.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop a node: %w", err)
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stop a node: %w", err)
	}
	return nil
}

// populate fills a store that is not open.
func populate(ctx context.Context, dir string) (err error) {
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.Close()) }()
	const batch = 100
	for at := 0; at < populatedEvents; at += batch {
		events := make([]eventlog.NewEvent, batch)
		for i := range events {
			events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "eventType-0", Data: fmt.Appendf(nil, `{"n":%d}`, at+i)}
		}
		if _, err := node.Append(ctx, populatedStream, eventlog.Revision(at-1), events); err != nil {
			return fmt.Errorf("fill a store: %w", err)
		}
	}
	return nil
}
