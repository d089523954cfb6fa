package commands

import (
	"context"

	"parley/domain"
	"parley/domain/directory"
)

// RemovePerson says that the commerce system no longer has a person.
type RemovePerson struct {
	Request
	Person domain.Person
}

// RemovePersonHandler handles [RemovePerson].
type RemovePersonHandler struct{ Directory *Directory }

// Handle removes the person, whose name stays; nothing happens when they are not
// there. It needs the permission to administer.
func (h RemovePersonHandler) Handle(ctx context.Context, c RemovePerson) (Done, error) {
	return remove(ctx, h.Directory.People, directory.PersonID(c.Actor.Organization, c.Person), c.Request)
}
