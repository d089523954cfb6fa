package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/directory"
	"parley/domain/eventlog"
)

// Change is what mirroring or importing something came to.
type Change string

// The changes, as an import answers them.
const (
	Created   Change = "created"
	Updated   Change = "updated"
	Unchanged Change = "unchanged"
)

// MirrorAnswer is the answer of a command that mirrors.
type MirrorAnswer struct {
	Change   Change
	Position eventlog.Position
}

// mirror records a value of the commerce system. It needs the permission to
// administer; beside the value's own errors, wrong holds what its surroundings
// are against.
func mirror[T directory.Value[T]](ctx context.Context, r *Mirrored[T], id uuid.UUID, req Request, value T, wrong ...domain.FieldError) (MirrorAnswer, error) {
	answer := MirrorAnswer{Change: Unchanged}
	out, err := r.Update(ctx, id, req, func(l Loaded[directory.Entry[T]]) ([]directory.Event[T], error) {
		if !req.Actor.Administer {
			return nil, forbidden()
		}
		var problems domain.Problems
		problems.Merge(req.Shape)
		problems.Merge(wrong)
		problems.Merge(value.Check())
		if err := problems.Err(); err != nil {
			return nil, err
		}
		answer.Change = Updated
		if !l.State.Known {
			answer.Change = Created
		}
		return directory.Mirror(l.State, value)
	})
	if len(out.Events) == 0 {
		answer.Change = Unchanged
	}
	answer.Position = out.Position
	return answer, err
}

// remove records that the commerce system no longer has something; nothing
// happens when it is not there. It needs the permission to administer.
func remove[T directory.Value[T]](ctx context.Context, r *Mirrored[T], id uuid.UUID, req Request) (Done, error) {
	out, err := r.Update(ctx, id, req, func(l Loaded[directory.Entry[T]]) ([]directory.Event[T], error) {
		if !req.Actor.Administer {
			return nil, forbidden()
		}
		if err := domain.Invalid(req.Shape...); err != nil {
			return nil, err
		}
		return directory.Remove(l.State)
	})
	return Done{out.Position}, err
}
