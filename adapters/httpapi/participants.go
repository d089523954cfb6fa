package httpapi

import (
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
)

func (a *api) addParticipant() operation {
	op := operation{
		method: "PUT", path: "/v1/conversations/{id}/participants/{kind}/{person}", id: "add-participant", tag: tagConversations,
		summary: "Make a person take part", success: 204, conditional: true,
	}
	return command(op, rightToEdit, func(c *call, _ none, req commands.Request) (answer, error) {
		id, person, err := c.participant()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.AddParticipant.Handle(c.r.Context(), commands.AddParticipant{Request: req, ID: id, Person: person}))
	})
}

func (a *api) removeParticipant() operation {
	op := operation{
		method: "DELETE", path: "/v1/conversations/{id}/participants/{kind}/{person}", id: "remove-participant", tag: tagConversations,
		summary: "End a person's part, or leave", success: 204, conditional: true,
	}
	return command(op, rightToEdit, func(c *call, _ none, req commands.Request) (answer, error) {
		id, person, err := c.participant()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemoveParticipant.Handle(c.r.Context(), commands.RemoveParticipant{Request: req, ID: id, Person: person}))
	})
}

// participant returns the conversation and the person that the path names.
func (c *call) participant() (uuid.UUID, domain.Person, error) {
	id, err := c.conversation()
	if err != nil {
		return uuid.Nil, domain.Person{}, err
	}
	person, err := c.person("kind", "person")
	return id, person, err
}

// person returns the person that two path parameters name.
func (c *call) person(kindName, idName string) (domain.Person, error) {
	kind, err := c.id(kindName)
	if err != nil || !domain.Kind(kind).IsPerson() {
		return domain.Person{}, errNotFound
	}
	id, err := c.id(idName)
	return domain.Person{Kind: domain.Kind(kind), ID: id}, err
}
