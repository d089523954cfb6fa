package ndjson

import (
	"fmt"
	"sync"

	"parley/commands"
)

// job is one line under way. It may be overtaken, but by nothing that has it in
// after; result may be read once done is closed.
type job struct {
	line   commands.ImportLine
	after  []*job // lines before it that must be in first
	weight int64
	done   chan struct{}
	result Result
}

func (j *job) isDone() bool {
	select {
	case <-j.done:
		return true
	default:
		return false
	}
}

// start begins the workers. They take lines in their order, so the first line
// that is not in waits for nothing, and all come to an end.
func (r *run) start(working *sync.WaitGroup) {
	n := r.Workers
	if n == 0 {
		n = defaultWorkers
	}
	for range n {
		working.Go(func() {
			for j := range r.jobs {
				r.work(j)
			}
		})
	}
}

func (r *run) work(j *job) {
	for _, before := range j.after {
		<-before.done
	}
	if r.ctx.Err() == nil {
		j.result.ImportAnswer, j.result.Err = r.handle(j.line)
	}
	// What waits for this line must not hold all that this one waited for.
	j.after, j.line = nil, commands.ImportLine{}
	close(j.done)
}

// handle keeps a fault in one line from ending the program.
func (r *run) handle(line commands.ImportLine) (answer commands.ImportAnswer, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return r.Handle(r.ctx, line)
}
