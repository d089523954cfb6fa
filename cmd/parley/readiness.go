package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/adapters/httpapi"
	"parley/commands"
	"parley/domain/eventlog"
	"parley/projections"
)

// readiness says whether requests can be taken: the log serves and is followed, the
// read models are of it and have been at its end once, and what the start had to seed
// is seeded. Falling behind later is nothing that sending people elsewhere would mend.
type readiness struct {
	log      eventlog.Log
	follower *commands.Follower
	models   *readModels

	mu      sync.Mutex
	waiting string // what the start still waits for; "" once it is done
}

const (
	// maxAsk is how long asking for the read models may take.
	maxAsk = 2 * time.Second
	// maxTrouble is how long the log may be out of reach: a server that is started
	// again, or another one that takes its place, is there sooner.
	maxTrouble = 5 * time.Second
)

const outOfReach = "the event store cannot be reached"

func newReadiness(log eventlog.Log, f *commands.Follower, m *readModels) *readiness {
	return &readiness{log: log, follower: f, models: m, waiting: "the server is starting"}
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
	states, err := r.models.board.States(ctx)
	answer := httpapi.Readiness{Projections: r.models.shapes(states)}
	answer.Reason, answer.Refused = r.trouble()
	switch {
	case answer.Reason != "":
	case err != nil:
		answer.Reason = "the database cannot be reached"
	default:
		answer.Reason = r.start(states)
	}
	answer.Ready = answer.Reason == ""
	return answer
}

// trouble says what is the matter with the log, and of which class it is if it
// refuses: what somebody has to mend is said at once, and before all else.
func (r *readiness) trouble() (reason string, class eventlog.Refusal) {
	trouble := r.log.Trouble()
	refused, is := errors.AsType[*eventlog.RefusedError](trouble.Err)
	switch {
	case is:
		return refused.Refusal.Advice(), refused.Refusal
	case trouble.Err != nil && (time.Since(trouble.Since) > maxTrouble || !r.follows()):
		return outOfReach, ""
	}
	return "", ""
}

func (r *readiness) follows() bool {
	select {
	case <-r.follower.Started():
		return true
	default:
		return false
	}
}

// start says what has not been done yet since the start, or since the log was
// replaced by another one.
func (r *readiness) start(states []projections.State) string {
	r.mu.Lock()
	waiting := r.waiting
	r.mu.Unlock()
	if waiting != "" {
		return waiting
	}
	for _, s := range states {
		switch {
		case !s.Begun:
			return "the read model " + s.Projection + " is not ready: " + s.Unready
		case !s.CaughtUp && s.Halted != "":
			return "the read model " + s.Projection + " has halted; the list of projections says why"
		case !s.CaughtUp:
			return "the read model " + s.Projection + " is catching up"
		}
	}
	return ""
}
