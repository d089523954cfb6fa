package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"parley/adapters/httpapi"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/projections"
	"parley/projections/attachments"
	"parley/projections/conversations"
	"parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/notifications"
	"parley/projections/orders"
	"parley/projections/receipts"
	"parley/projections/search"
	"parley/projections/timelines"
)

// allProjections is every read model.
func allProjections() []projections.Projection {
	return []projections.Projection{
		attachments.Projection,
		conversations.Projection,
		directory.Projection,
		inboxes.Projection,
		notifications.Projection,
		orders.Projection,
		receipts.Projection,
		search.Projection,
		timelines.Projection,
	}
}

// readModels is what administrators see of the read models and do with them.
type readModels struct {
	projectors map[string]*projections.Projector
	versions   map[string]int
	board      *projections.Board
	logger     *slog.Logger
	life       context.Context // of the server: rebuilds outlive requests
	work       sync.WaitGroup

	mu       sync.Mutex
	rebuilds map[string]*rebuild
}

// rebuild is the last rebuild of a projection.
type rebuild struct {
	running     bool
	done, total uint64
	report      projections.Report
	failure     error
}

func newReadModels(life context.Context, cfg projections.Config) *readModels {
	m := &readModels{
		projectors: map[string]*projections.Projector{}, versions: map[string]int{},
		board: cfg.Board, logger: cfg.Logger, life: life, rebuilds: map[string]*rebuild{},
	}
	for _, p := range allProjections() {
		m.projectors[p.Name] = projections.NewProjector(p, cfg)
		m.versions[p.Name] = p.Version
	}
	return m
}

var errUnknownReadModel = domain.NewError(domain.CodeNotFound, "There is no such read model; the list of projections has their names.")

// List implements httpapi.Projections.
func (m *readModels) List(ctx context.Context) ([]httpapi.Projection, error) {
	states, err := m.board.States(ctx)
	if err != nil {
		return nil, domain.Unavailable("The read models cannot be asked now; try again.", time.Second, err)
	}
	return m.shapes(states), nil
}

func (m *readModels) shapes(states []projections.State) []httpapi.Projection {
	all := make([]httpapi.Projection, len(states))
	for i, s := range states {
		all[i] = m.shape(s)
	}
	return all
}

// Rebuild implements httpapi.Projections.
func (m *readModels) Rebuild(ctx context.Context, name string) (httpapi.Projection, error) {
	projector, ok := m.projectors[name]
	if !ok {
		return httpapi.Projection{}, errUnknownReadModel
	}
	m.begin(projector)
	all, err := m.List(ctx)
	for _, p := range all {
		if p.Name == name {
			return p, err
		}
	}
	return httpapi.Projection{Name: name, State: "rebuilding"}, err
}

// Diff implements httpapi.Projections: what the last rebuild found.
func (m *readModels) Diff(_ context.Context, name string) (httpapi.ProjectionDiff, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rebuilds[name]
	if _, known := m.projectors[name]; !known || !ok || r.running || r.failure != nil {
		return httpapi.ProjectionDiff{}, domain.NewError(domain.CodeNotFound, "There is nothing to compare: rebuild the read model first.")
	}
	diff := httpapi.ProjectionDiff{Position: r.report.Position, Equal: len(r.report.Differences) == 0}
	for _, d := range r.report.Differences {
		diff.Tables = append(diff.Tables, httpapi.TableDiff{Table: d.Table, OnlyLive: d.OnlyLeft, OnlyFresh: d.OnlyRight})
	}
	return diff, nil
}

// begin starts a rebuild unless one is under way.
func (m *readModels) begin(p *projections.Projector) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rebuilds[p.Name()]; r != nil && r.running {
		return
	}
	r := &rebuild{running: true}
	m.rebuilds[p.Name()] = r
	m.work.Go(func() {
		report, err := p.Rebuild(m.life, func(done, total uint64) {
			m.mu.Lock()
			r.done, r.total = done, total
			m.mu.Unlock()
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			m.logger.Error("rebuild failed", "projection", p.Name(), "error", err)
		}
		m.mu.Lock()
		r.running, r.report, r.failure = false, report, err
		m.mu.Unlock()
	})
}

// shape turns a state into the contract's form.
func (m *readModels) shape(s projections.State) httpapi.Projection {
	p := httpapi.Projection{
		Name: s.Projection, Version: m.versions[s.Projection], State: "running",
		LagSeconds: s.Lag.Seconds(), Lag: int(s.Behind), Position: s.Position,
	}
	for _, e := range s.Parked {
		p.Parked = append(p.Parked, httpapi.ParkedStream{Stream: e.Stream, Position: e.Position, Reason: e.Error})
	}
	switch {
	case s.Halted != "":
		p.State, p.Problem = "halted", s.Halted
	case s.Waiting != "":
		p.State, p.Problem = "waiting", s.Waiting
	case s.Refused != "":
		p.State, p.Problem, p.Since = httpapi.Refused, s.Refused.Advice(), &s.RefusedSince
	case s.Retrying != "":
		p.State, p.Problem = "retrying", "the database or the event store cannot be reached"
	case s.Missing || !s.Begun:
		p.State, p.Problem = "starting", s.Unready
	}
	m.addRebuild(&p)
	return p
}

func (m *readModels) addRebuild(p *httpapi.Projection) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rebuilds[p.Name]
	switch {
	case !ok:
	case r.running:
		p.State = "rebuilding"
		p.Rebuild = &httpapi.RebuildProgress{Position: eventlog.Position(r.done), Target: eventlog.Position(r.total)}
		if r.total > 0 {
			p.Rebuild.Done = float64(r.done) / float64(r.total)
		}
	case r.failure != nil && p.Problem == "":
		p.Problem = fmt.Sprintf("the last rebuild failed: %v", r.failure)
	}
}
