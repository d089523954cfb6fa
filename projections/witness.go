package projections

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Witness is an event from a log's beginning, by which the log is known again where
// the event that was applied last is gone.
type Witness struct {
	ID       uuid.UUID
	Position eventlog.Position
}

// The witnesses are in a schema of their own, which all projections share: one for
// each log, by the id of the first event that was applied of it. What is lost of it is
// looked for again.
const (
	witnessSchema = "witness"
	witnessDDL    = `create table witness.events (
  store text not null primary key,
  event text not null,
  position bigint not null
)`
	readWitness = `select event, position from witness.events where store = $1`
	saveWitness = `insert into witness.events (store, event, position) values ($1, $2, $3) on conflict (store) do nothing`
)

// loadWitness returns the witness of a log, or the zero one. It asks for the schema
// first: whoever reads while another projection makes it would miss a table of a
// schema that is there, which is no absence that waiting mends.
func loadWitness(ctx context.Context, db sqldb.DB, store uuid.UUID) (w Witness, err error) {
	if there, err := db.Exists(ctx, witnessSchema); err != nil || !there {
		return Witness{}, err
	}
	for row, err := range db.Query(ctx, readWitness, idText(store)) {
		var event string
		var position int64
		if err == nil {
			err = row.Scan(&event, &position)
		}
		if err != nil {
			return Witness{}, fmt.Errorf("read the log's witness: %w", err)
		}
		w = Witness{parseID(event), eventlog.Position(position)}
	}
	return w, nil
}

// keepWitness stores the witness of a log, unless there is one.
func keepWitness(ctx context.Context, db sqldb.DB, store uuid.UUID, w Witness) error {
	keep := []sqldb.Statement{{SQL: saveWitness, Args: []any{idText(store), idText(w.ID), int64(w.Position)}}}
	err := makeWitnesses(ctx, db)
	if err == nil {
		err = db.Write(ctx, witnessSchema, keep)
	}
	if err != nil {
		return fmt.Errorf("keep the log's witness: %w", err)
	}
	return nil
}

// makeWitnesses makes the schema unless it is there; one at a time does so, because
// making drops what another may just have written.
func makeWitnesses(ctx context.Context, db sqldb.DB) error {
	if there, err := db.Exists(ctx, witnessSchema); err != nil || there {
		return err
	}
	lease, err := db.Lead(ctx, "prepare "+witnessSchema)
	if err != nil {
		return err
	}
	defer lease.Release()
	if there, err := db.Exists(ctx, witnessSchema); err != nil || there {
		return err
	}
	return db.Create(ctx, witnessSchema, witnessDDL)
}

// witnessed makes sure that there is a witness of the log that rows are of. It looks
// for one among the events that the rows may have been made of.
func (p *Projector) witnessed(ctx context.Context) error {
	at := p.live.at
	if p.knows == at.Store {
		return nil
	}
	w, err := loadWitness(ctx, p.cfg.DB, at.Store)
	if err == nil && w == (Witness{}) {
		if w, err = firstEvent(ctx, p.cfg.Log, at.EventPosition); err == nil && w != (Witness{}) {
			err = keepWitness(ctx, p.cfg.DB, at.Store, w)
		}
	}
	if err == nil {
		p.knows = at.Store
	}
	return err
}

// firstEvent returns the first event of the product, if it is not behind a position.
func firstEvent(ctx context.Context, log eventlog.Log, upTo eventlog.Position) (Witness, error) {
	for e, err := range log.ReadAll(ctx, eventlog.Start, domain.StreamPrefix, 1) {
		if err != nil {
			return Witness{}, fmt.Errorf("look for the log's first event: %w", err)
		}
		if e.Position <= upTo {
			return Witness{e.ID, e.Position}, nil
		}
	}
	return Witness{}, nil
}
