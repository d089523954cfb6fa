package ndjson

import (
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"

	"parley/adapters/httpapi/strictjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/eventlog"
)

// Import brings files in.
type Import struct {
	// Handle brings one line in.
	Handle func(context.Context, commands.ImportLine) (commands.ImportAnswer, error)
	// Request is what the commands of all lines carry: who imports, from where.
	Request commands.Request
	// Workers is how many lines are brought in at the same time; 0 means 128.
	Workers int
}

// Result is what became of one line, counted from 1. Err is why it failed; ID
// names what was brought in.
type Result struct {
	Line int
	commands.ImportAnswer
	Err error
}

// Summary counts the lines by what became of them. Position is one from which on
// all of them are visible.
type Summary struct {
	Lines     int               `json:"lines"`
	Created   int               `json:"created"`
	Updated   int               `json:"updated"`
	Unchanged int               `json:"unchanged"`
	Failed    int               `json:"failed"`
	Position  eventlog.Position `json:"-"`
}

// Bounds of what is under way.
const (
	defaultWorkers = 128
	maxPending     = 1024
	maxWeight      = 64 << 20
	weightPerByte  = 16 // what a line holds once parsed, at a guess
)

// Run brings in all lines and reports each, in their order, from the caller's
// goroutine. It ends at the end of the file, with ctx, or when report fails; an
// error is one of those two. A file that cannot be read to its end is reported
// as a failed line behind the last.
func (i Import) Run(ctx context.Context, file io.Reader, report func(Result) error) (Summary, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{
		Import: i, ctx: ctx, budget: semaphore.NewWeighted(maxWeight), order: newOrder(),
		ordered: make(chan *job, maxPending), jobs: make(chan *job, defaultWorkers),
	}
	var reading sync.WaitGroup
	reading.Go(func() { r.read(file) })
	defer reading.Wait()
	defer cancel()
	var s Summary
	for j := range r.ordered {
		<-j.done
		r.budget.Release(j.weight)
		if err := ctx.Err(); err != nil {
			return s, err
		}
		s.count(j.result)
		if err := report(j.result); err != nil {
			return s, err
		}
	}
	return s, ctx.Err()
}

func (s *Summary) count(r Result) {
	s.Lines++
	s.Position = max(s.Position, r.Position)
	switch {
	case r.Err != nil:
		s.Failed++
	case r.Change == commands.Created:
		s.Created++
	case r.Change == commands.Updated:
		s.Updated++
	default:
		s.Unchanged++
	}
}

// run is one import under way. The order is the reader's.
type run struct {
	Import
	ctx     context.Context
	budget  *semaphore.Weighted
	ordered chan *job // to report
	jobs    chan *job // to bring in
	order   *order
}

// read hands the lines out until the file or ctx ends, and then waits for the
// workers.
func (r *run) read(file io.Reader) {
	var working sync.WaitGroup
	defer working.Wait()
	defer close(r.ordered)
	defer close(r.jobs)
	r.start(&working)
	l, err := newLines(file)
	if err != nil {
		r.settle(Result{Line: 1, Err: unreadable(err)})
		return
	}
	for r.ctx.Err() == nil {
		v, wrong, err := l.next()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			r.settle(Result{Line: l.number + 1, Err: unreadable(err)})
			return
		case wrong != nil:
			r.settle(Result{Line: l.number, Err: wrong})
		default:
			r.hand(v, l.number, len(l.text))
		}
	}
}

func unreadable(cause error) error {
	return &domain.Error{Code: domain.CodeMalformed, Message: "The file cannot be read from here on.", Err: cause}
}

// settle reports a line that no worker need see.
func (r *run) settle(result Result) {
	j := &job{done: make(chan struct{}), result: result}
	close(j.done)
	r.enqueue(j)
}

func (r *run) enqueue(j *job) bool {
	select {
	case r.ordered <- j:
		return true
	case <-r.ctx.Done():
		return false
	}
}

// hand lets the workers bring a line in.
func (r *run) hand(v strictjson.Value, number, size int) {
	j := &job{
		weight: min(maxWeight, int64(size)*weightPerByte), done: make(chan struct{}), result: Result{Line: number},
		line: commands.ImportLine{
			Request: r.Request, Content: string(v.Canonical()),
			Read: func(into any) []domain.FieldError { return strictjson.Bind(v, into) },
		},
	}
	if r.budget.Acquire(r.ctx, j.weight) != nil || !r.enqueue(j) {
		return
	}
	r.order.place(j, v)
	r.jobs <- j
}
