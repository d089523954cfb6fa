//go:build unix

package eventnode_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// question is a call of a node in another process, answer its result; each is one
// line.
type question struct {
	N        int
	Append   bool
	Stream   string
	Expected eventlog.Revision
	ID       uuid.UUID
}

type reply struct {
	N        int
	Conflict bool
	Error    string
	Appended eventlog.Appended
	IDs      []uuid.UUID
}

// answerQuestions opens a node and answers what comes in, each question in a
// goroutine of its own.
func answerQuestions() {
	node, err := eventnode.Open(eventnode.Config{Dir: os.Args[1], FirstPosition: 1000, Stride: 7})
	must(err)
	fmt.Println("{}")
	var writing sync.Mutex
	out := json.NewEncoder(os.Stdout)
	for in := json.NewDecoder(os.Stdin); ; {
		var q question
		if in.Decode(&q) != nil {
			return
		}
		go func() {
			r := q.ask(node)
			writing.Lock()
			defer writing.Unlock()
			must(out.Encode(r))
		}()
	}
}

// ask puts the question to a node.
func (q question) ask(node *eventnode.Node) (r reply) {
	r.N = q.N
	if q.Append {
		got, err := node.Append(context.Background(), q.Stream, q.Expected, []eventlog.NewEvent{{ID: q.ID, Type: "asked.v1", Data: []byte(`{}`)}})
		r.Appended = got
		return r.fail(err)
	}
	for e, err := range node.ReadStream(context.Background(), q.Stream, 0, 0) {
		if err != nil {
			return r.fail(err)
		}
		r.IDs = append(r.IDs, e.ID)
	}
	return r
}

func (r reply) fail(err error) reply {
	if err != nil {
		_, r.Conflict = errors.AsType[*eventlog.ConflictError](err)
		r.Error = err.Error()
	}
	return r
}

// remote is a node in another process, which can be killed and frozen.
type remote struct {
	t   *testing.T
	dir string

	child    *exec.Cmd
	received chan struct{} // closed when the process has said its last

	mu      sync.Mutex
	in      io.Writer
	asked   int
	waiting map[int]chan reply // nil while there is no process
	started chan struct{}      // closed when there is one
}

func startRemote(t *testing.T) *remote {
	t.Helper()
	r := &remote{t: t, dir: t.TempDir(), started: make(chan struct{})}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *remote) start() {
	r.t.Helper()
	r.child = exec.Command(os.Args[0], r.dir)
	r.child.Env = append(os.Environ(), roleVariable+"=answer")
	r.child.Stderr = os.Stderr
	in, errIn := r.child.StdinPipe()
	out, errOut := r.child.StdoutPipe()
	if err := errors.Join(errIn, errOut, r.child.Start()); err != nil {
		r.t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "{}\n" {
		r.t.Fatalf("the node did not open: %s%v", line, err)
	}
	r.mu.Lock()
	r.in, r.waiting, r.received = in, map[int]chan reply{}, make(chan struct{})
	close(r.started)
	r.mu.Unlock()
	go r.receive(lines, r.received)
}

// receive hands out answers until the process has gone; whoever still waits then
// gets none.
func (r *remote) receive(lines io.Reader, ended chan<- struct{}) {
	defer close(ended)
	for in := json.NewDecoder(lines); ; {
		var a reply
		err := in.Decode(&a)
		r.mu.Lock()
		if err != nil {
			for _, waits := range r.waiting {
				close(waits)
			}
			r.waiting, r.started = nil, make(chan struct{})
			r.mu.Unlock()
			return
		}
		r.waiting[a.N] <- a
		delete(r.waiting, a.N)
		r.mu.Unlock()
	}
}

// kill ends the process at once, as a crash would.
func (r *remote) kill() {
	if r.child.Process == nil {
		return // it could not be started
	}
	_ = r.child.Process.Kill()
	<-r.received
	_ = r.child.Wait()
}

// freeze stops the process where it is until it is thawed.
func (r *remote) freeze() { r.signal(syscall.SIGSTOP) }
func (r *remote) thaw()   { r.signal(syscall.SIGCONT) }

func (r *remote) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.child.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// ask sends a question, once there is a process, and waits for its answer.
func (r *remote) ask(ctx context.Context, q question) (reply, error) {
	for {
		waits, started := r.send(q)
		select {
		case <-ctx.Done():
			return reply{}, ctx.Err()
		case a, ok := <-waits:
			if !ok {
				return a, eventlog.ErrUnavailable
			}
			return a, nil
		case <-started:
		}
	}
}

// send sends a question and returns where the answer will come, or, while there is
// no process, what is closed when there is one.
func (r *remote) send(q question) (waits chan reply, started chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		return nil, r.started
	}
	r.asked++
	q.N, waits = r.asked, make(chan reply, 1)
	r.waiting[q.N] = waits
	_ = json.NewEncoder(r.in).Encode(q) // to a process that has gone: it never answers
	return waits, nil
}

// Append implements historytest.Log.
func (r *remote) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	a, err := r.ask(ctx, question{Append: true, Stream: stream, Expected: expected, ID: events[0].ID})
	switch {
	case err != nil:
		return eventlog.Appended{}, err
	case a.Conflict:
		return eventlog.Appended{}, &eventlog.ConflictError{Stream: stream, Expected: expected}
	case a.Error != "":
		return eventlog.Appended{}, errors.New(a.Error)
	}
	return a.Appended, nil
}

// ReadStream implements historytest.Log.
func (r *remote) ReadStream(ctx context.Context, stream string, _ eventlog.Revision, _ int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		a, err := r.ask(ctx, question{Stream: stream})
		if err == nil && a.Error != "" {
			err = errors.New(a.Error)
		}
		if err != nil {
			yield(eventlog.Recorded{}, err)
			return
		}
		for i, id := range a.IDs {
			if !yield(eventlog.Recorded{ID: id, Revision: eventlog.Revision(i)}, nil) {
				return
			}
		}
	}
}
