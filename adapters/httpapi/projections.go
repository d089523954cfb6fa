package httpapi

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// Projections knows how the read models are doing and rebuilds them.
type Projections interface {
	// List returns every read model, by name.
	List(ctx context.Context) ([]Projection, error)
	// Rebuild begins to fill a new generation beside the live one and returns
	// how it stands then; one that is already being rebuilt goes on. An unknown
	// name is domain.CodeNotFound.
	Rebuild(ctx context.Context, name string) (Projection, error)
	// Diff returns what differed between the two generations, at equal
	// positions, when the last rebuild exchanged them. An unknown name, or
	// nothing rebuilt since the start, is domain.CodeNotFound.
	Diff(ctx context.Context, name string) (ProjectionDiff, error)
}

// Projection is how a read model is doing.
type Projection struct {
	Name       string            `json:"name"`
	Version    int               `json:"version"`
	State      string            `json:"state" doc:"What it is doing. Running; rebuilding; starting: it is yet to be compared with the event log, or made; waiting: for a newer version of the program; retrying: for a database or event store out of reach; refused: for somebody who mends what the event store refuses; halted: for somebody who looks."`
	LagSeconds float64           `json:"lag_seconds" doc:"How old the oldest event is that it has not taken in."`
	Lag        int               `json:"lag" doc:"How far it is behind the last event, in positions of the event store: bytes on EventStoreDB, events in the folder."`
	Position   eventlog.Position `json:"position,omitempty" doc:"Up to which it has taken everything in; absent while that is nothing."`
	Parked     []ParkedStream    `json:"parked" doc:"Streams that it cannot go on with."`
	Rebuild    *RebuildProgress  `json:"rebuild" doc:"The generation that is being filled."`
	Problem    string            `json:"problem,omitempty" doc:"Why it does not go on, and what to do."`
	Since      *time.Time        `json:"since,omitempty" doc:"Since when the event store refuses."`
}

// ParkedStream is a stream that a read model cannot go on with.
type ParkedStream struct {
	Stream   string            `json:"stream"`
	Position eventlog.Position `json:"position" doc:"Of the first event that it could not take in."`
	Reason   string            `json:"reason"`
}

// RebuildProgress is how far a new generation has come.
type RebuildProgress struct {
	Position eventlog.Position `json:"position"`
	Target   eventlog.Position `json:"target"`
	Done     float64           `json:"done" minimum:"0" maximum:"1" doc:"The part of the log that it has taken in."`
}

// ProjectionDiff is what differs between two generations at equal positions.
type ProjectionDiff struct {
	Position eventlog.Position `json:"position"`
	Equal    bool              `json:"equal"`
	Tables   []TableDiff       `json:"tables"`
}

// TableDiff counts what differs in one table.
type TableDiff struct {
	Table     string `json:"table"`
	OnlyLive  int64  `json:"only_live" doc:"Rows that only the former generation had."`
	OnlyFresh int64  `json:"only_fresh" doc:"Rows that only the new generation has."`
}

func (a *api) listProjections() operation {
	op := answering[Page[Projection]](operation{
		method: "GET", path: "/v1/admin/projections", id: "list-projections", tag: tagAdmin,
		summary: "List the read models and how they are doing; for administrators", success: 200,
	})
	return query(op, rightToAdminister, func(c *call, _ struct{}) (answer, error) {
		if err := c.administers(); err != nil {
			return answer{}, err
		}
		all, err := a.config.Projections.List(c.r.Context())
		return page(all, "", func(p Projection) Projection { return p.whole() }), err
	})
}

// whole makes arrays arrays.
func (p Projection) whole() Projection {
	if p.Parked == nil {
		p.Parked = []ParkedStream{}
	}
	return p
}

// public leaves out what is for administrators: where things are in the event store,
// and what was found wrong with them.
func (p Projection) public() Projection {
	p.Position, p.Parked, p.Rebuild = 0, nil, nil
	if p.State != Refused {
		p.Problem = ""
	}
	return p
}

// Refused is the state of a read model whose event store refuses what it is asked
// for. Its problem is advice that anybody may read.
const Refused = "refused"

func (a *api) rebuildProjection() operation {
	op := answering[Projection](operation{
		method: "POST", path: "/v1/admin/projections/{name}/rebuild", id: "rebuild-projection", tag: tagAdmin,
		summary: "Fill a read model anew beside the live one, then switch; for administrators", success: 202,
	})
	return act(op, rightToAdminister, func(c *call) (answer, error) {
		name, err := c.projection()
		if err != nil {
			return answer{}, err
		}
		p, err := a.config.Projections.Rebuild(c.r.Context(), name)
		return answer{status: 202, body: p.whole()}, err
	})
}

func (a *api) diffProjection() operation {
	op := answering[ProjectionDiff](operation{
		method: "GET", path: "/v1/admin/projections/{name}/diff", id: "diff-projection", tag: tagAdmin,
		summary: "Tell what the last rebuild found to differ; for administrators", success: 200,
	})
	return query(op, rightToAdminister, func(c *call, _ struct{}) (answer, error) {
		name, err := c.projection()
		if err != nil {
			return answer{}, err
		}
		diff, err := a.config.Projections.Diff(c.r.Context(), name)
		if diff.Tables == nil {
			diff.Tables = []TableDiff{}
		}
		return answer{status: 200, body: diff}, err
	})
}

// projection returns the path parameter that names a read model, for those who
// may know.
func (c *call) projection() (string, error) {
	if err := c.administers(); err != nil {
		return "", err
	}
	return c.id("name")
}

func (c *call) administers() error {
	if c.actor.Administer {
		return nil
	}
	return domain.NewError(domain.CodeForbidden, "Only administrators may do this.")
}
