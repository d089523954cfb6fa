package ndjson

import (
	"fmt"
	"hash/maphash"
	"sync"

	"parley/adapters/httpapi/strictjson"
	"parley/commands"
)

func (r *run) start(working *sync.WaitGroup) {
	n := r.Workers
	if n == 0 {
		n = defaultWorkers
	}
	r.workers = make([]chan *job, n)
	for i := range r.workers {
		jobs := make(chan *job, 8)
		r.workers[i] = jobs
		working.Go(func() { r.work(jobs) })
	}
}

func (r *run) stop() {
	for _, jobs := range r.workers {
		close(jobs)
	}
}

func (r *run) work(jobs <-chan *job) {
	for j := range jobs {
		if r.ctx.Err() == nil {
			j.result.ImportAnswer, j.result.Err = r.handle(j.line)
		}
		close(j.done)
		r.underWay.Done()
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

// about is the thing that a line is about, as far as order asks.
type about struct{ kind, person, recordType, id, key string }

func aboutOf(v strictjson.Value) (a about) {
	for _, m := range v.Members {
		switch m.Name {
		case "kind":
			a.kind = m.Value.Text
		case "person_kind":
			a.person = m.Value.Text
		case "type":
			a.recordType = m.Value.Text
		case "id":
			a.id = m.Value.Text
		case "key":
			a.key = m.Value.Text
		}
	}
	return a
}

var seed = maphash.MakeSeed()

func (a about) hash() uint64 { return maphash.Comparable(seed, a) }
