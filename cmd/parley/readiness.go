package main

import (
	"context"
	"sync"
	"time"

	"parley/adapters/httpapi"
	"parley/commands"
	"parley/domain/eventlog"
)

// readiness says whether requests can be taken: the log is followed, the read
// models hold all that was in it at the start, and what the start had to seed is
// seeded.
type readiness struct {
	follower *commands.Follower
	models   *readModels

	mu      sync.Mutex
	waiting string            // what the start still waits for; "" once it is done
	behind  bool              // read models have not yet caught up once
	tail    eventlog.Position // what they must catch up with
}

// maxAsk is how long asking for the read models may take.
const maxAsk = 2 * time.Second

func newReadiness(f *commands.Follower, m *readModels) *readiness {
	return &readiness{follower: f, models: m, waiting: "the server is starting", behind: true}
}

// started says that nothing of the start is left to wait for.
func (r *readiness) started() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = ""
}

// Readiness implements httpapi.ReadinessPort.
func (r *readiness) Readiness(ctx context.Context) httpapi.Readiness {
	ctx, cancel := context.WithTimeout(ctx, maxAsk)
	defer cancel()
	all, err := r.models.List(ctx)
	answer := httpapi.Readiness{Projections: all, Reason: r.reason(all, err)}
	answer.Ready = answer.Reason == ""
	return answer
}

func (r *readiness) reason(all []httpapi.Projection, err error) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.waiting != "":
		return r.waiting
	case err != nil:
		return "the event store or the database cannot be reached"
	}
	select {
	case <-r.follower.Started():
	default:
		return "the event store cannot be reached"
	}
	if r.behind && r.tail == eventlog.Start {
		r.tail = r.follower.Head()
	}
	for _, p := range all {
		if p.State == "starting" || r.behind && p.Position < r.tail {
			return "the read model " + p.Name + " is catching up"
		}
	}
	r.behind = false
	return ""
}
