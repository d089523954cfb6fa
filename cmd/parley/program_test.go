package main_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/adaptertest/pgtest"
)

// stacks are the two pairs of stores that the whole product is tested on. Each
// makes stores of its own and returns the settings that name them.
var stacks = map[string]func(t *testing.T) []string{
	embedded: func(t *testing.T) []string {
		return []string{"--data", t.TempDir()}
	},
	distributed: func(t *testing.T) []string {
		return []string{"--data", t.TempDir(), "--eventstore", startWire(t).connection(), "--database", pgtest.Start(t)}
	},
}

const (
	embedded    = "embedded stores"
	distributed = "EventStoreDB client and PostgreSQL"
)

// onStoresOfTheirOwn runs a test on each pair of stores.
func onStoresOfTheirOwn(t *testing.T, test func(t *testing.T, stores []string)) {
	t.Helper()
	t.Parallel()
	for name, open := range stacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// onBothStacks runs a test on each pair of stores, or, where a server is named, on
// that and PostgreSQL alone. The test looks at its own organization only.
func onBothStacks(t *testing.T, test func(t *testing.T, stores []string)) {
	t.Helper()
	if logtest.Named() == "" {
		onStoresOfTheirOwn(t, test)
		return
	}
	t.Parallel()
	t.Run(distributed, func(t *testing.T) { test(t, wired(t)) })
}

// wired returns the settings of stores that several servers may share: an event store
// over the wire, the named one where there is one, and PostgreSQL.
func wired(t *testing.T) []string {
	t.Helper()
	return []string{"--data", t.TempDir(), "--eventstore", overTheWire(t), "--database", pgtest.Start(t)}
}

// startLimit is how long a start may take on a busy machine with the race
// detector on; what it takes by itself is measured elsewhere. On a server that is
// named it makes read models of all that was written there before.
var startLimit = func() time.Duration {
	if logtest.Named() != "" {
		return 10 * time.Minute
	}
	return time.Minute
}()

// runLimit is after how long a command that does not end is cut.
const runLimit = 5 * time.Minute

// program is a server that runs as a process of its own.
type program struct {
	t    *testing.T
	url  string
	args []string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended

	latest atomic.Uint64 // the highest position that it has answered

	mu  sync.Mutex
	log bytes.Buffer
}

// data returns the data folder: a setting that is given again replaces the first.
func (p *program) data() (folder string) {
	for i, arg := range p.args {
		if arg == "--data" {
			folder = p.args[i+1]
		}
	}
	return folder
}

// saw notes the position of an answer.
func (p *program) saw(position string) {
	at, _ := strconv.ParseUint(position, 10, 64)
	for {
		latest := p.latest.Load()
		if at <= latest || p.latest.CompareAndSwap(latest, at) {
			return
		}
	}
}

// serve starts the demo on stores, waits until it is ready, and stops it with
// the test.
func serve(t *testing.T, stores []string, more ...string) *program {
	t.Helper()
	p := launch(t, stores, more...)
	p.awaitReady()
	return p
}

// launch starts the demo on stores, which need not become ready.
func launch(t *testing.T, stores []string, more ...string) *program {
	t.Helper()
	p := &program{t: t, args: slices.Concat([]string{
		"serve", "--demo", "--demo-organization", organization(t), "--listen", "127.0.0.1:0", "--log-level", "warn",
	}, stores, more)}
	p.launch()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the server's log:\n%s", p.output())
		}
	})
	return p
}

// start starts the process, again on the same stores after a kill, and waits until it
// is ready.
func (p *program) start() {
	p.t.Helper()
	p.launch()
	p.awaitReady()
}

// launch starts the process, which need not become ready.
func (p *program) launch() {
	p.t.Helper()
	p.cmd = command(p.args...)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatalf("start the server: %v", err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		p.t.Fatalf("start the server: %v", err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Parley listens on "); ok {
			if url != p.url { // people may be using the old one, which is the same
				p.url = url
			}
			break
		}
	}
	done, cmd := make(chan struct{}), p.cmd
	p.done = done
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait()
		close(done)
	}()
}

// command returns the program as a process to be.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "PARLEY_TEST_PROGRAM=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (p *program) awaitReady() {
	p.t.Helper()
	eventually(p.t, startLimit, "the server is ready", func() bool {
		select {
		case <-p.done:
			p.t.Fatalf("the server ended:\n%s", p.output())
		default:
		}
		resp, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill ends the process as a power cut would, and waits until it is gone.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// terminate asks the process to stop and returns its exit code.
func (p *program) terminate() int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatalf("stop the server: %v", err)
	}
	select {
	case <-p.done:
	case <-time.After(startLimit):
		p.t.Fatalf("the server did not stop:\n%s", p.output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// Write implements io.Writer for the server's log.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(b)
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// runProgram runs a command of the program to its end.
func runProgram(t *testing.T, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatalf("run %v: %v", args, err)
	}
	cut := time.AfterFunc(runLimit, func() { _ = cmd.Process.Kill() })
	defer cut.Stop()
	err := cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("run %v: %v", args, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// eventually polls until something holds, and fails the test after the limit.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("it did not happen that %s", what)
		case <-tick.C:
		}
	}
}
