package ndjson

import (
	"fmt"
	"sync"
	"time"

	"parley/commands"
	"parley/domain"
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
		j.result.ImportAnswer, j.result.Err = r.persist(j.line)
	}
	// What waits for this line must not hold all that this one waited for.
	j.after, j.line = nil, commands.ImportLine{}
	close(j.done)
}

// A line is tried again for patience, with a pause between, while the stores
// cannot be reached: nothing is wrong with it, and nobody could mend it.
const (
	patience   = time.Minute
	retryPause = 100 * time.Millisecond
)

// persist brings the line in, through outages.
func (r *run) persist(line commands.ImportLine) (commands.ImportAnswer, error) {
	for began := time.Now(); ; {
		answer, err := r.handle(line)
		if domain.CodeOf(err) != domain.CodeUnavailable || time.Since(began) > patience {
			return answer, err
		}
		select {
		case <-time.After(retryPause):
		case <-r.ctx.Done():
			return answer, err
		}
	}
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
