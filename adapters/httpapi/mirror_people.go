package httpapi

import (
	"parley/commands"
	"parley/domain"
	"parley/domain/directory"
)

type personValue struct {
	Name                string   `json:"name" maxLength:"255"`
	Email               string   `json:"email,omitempty" maxLength:"254"`
	Locale              string   `json:"locale,omitempty" maxLength:"35"`
	BusinessUnit        string   `json:"business_unit,omitempty" doc:"A user's."`
	Customer            string   `json:"customer,omitempty" doc:"A customer user's."`
	SalesRepresentative string   `json:"sales_representative,omitempty" doc:"The user who owns what a customer user starts."`
	Groups              []string `json:"groups,omitempty" maxItems:"100"`
	Roles               []string `json:"roles,omitempty" maxItems:"100"`
	Enabled             *bool    `json:"enabled,omitempty" doc:"Whether the person may sign in and be chosen; true, if left out."`
}

func (v personValue) of(p domain.Person) directory.PersonMirrored {
	return directory.PersonMirrored{
		Kind: p.Kind, ID: p.ID, Name: v.Name, Email: v.Email, Locale: v.Locale,
		BusinessUnit: v.BusinessUnit, Customer: v.Customer, SalesRepresentative: v.SalesRepresentative,
		Groups: v.Groups, Roles: v.Roles, Enabled: v.Enabled == nil || *v.Enabled,
	}
}

func (a *api) mirrorPerson() operation {
	op := mirroring("PUT", "/v1/people/{kind}/{id}", "mirror-person", "Tell how a person is now")
	return command(op, rightToAdminister, func(c *call, body personValue, req commands.Request) (answer, error) {
		person, err := c.person("kind", "id")
		if err != nil {
			return answer{}, err
		}
		return mirrored(a.config.Commands.MirrorPerson.Handle(c.r.Context(), commands.MirrorPerson{Request: req, Value: body.of(person)}))
	})
}

func (a *api) removePerson() operation {
	op := mirroring("DELETE", "/v1/people/{kind}/{id}", "remove-person", "Tell that a person is no longer there")
	return command(op, rightToAdminister, func(c *call, _ none, req commands.Request) (answer, error) {
		person, err := c.person("kind", "id")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemovePerson.Handle(c.r.Context(), commands.RemovePerson{Request: req, Person: person}))
	})
}
