package commands

import (
	"context"

	"parley/domain/directory"
)

// MirrorPerson records a person as the commerce system has them now. The organization
// is the actor's.
type MirrorPerson struct {
	Request
	Value directory.PersonMirrored
}

// MirrorPersonHandler handles [MirrorPerson].
type MirrorPersonHandler struct{ Directory *Directory }

// Handle mirrors the value; an equal one changes nothing. It needs the
// permission to administer. Errors: not_found for a kind that is none of people,
// invalid with all field errors.
func (h MirrorPersonHandler) Handle(ctx context.Context, c MirrorPerson) (MirrorAnswer, error) {
	if !c.Value.Kind.IsPerson() {
		return MirrorAnswer{}, notFound("kind of people")
	}
	c.Value.Organization = c.Actor.Organization
	return mirror(ctx, h.Directory.People, directory.PersonID(c.Actor.Organization, c.Value.Person()), c.Request, c.Value)
}
