package httpapi

import (
	"parley/commands"
	"parley/domain/directory"
)

// nodeValue is a customer or a business unit, each in a tree of its own.
type nodeValue struct {
	Name   string `json:"name" maxLength:"255"`
	Parent string `json:"parent,omitempty" doc:"Id of the one above."`
}

func (a *api) mirrorCustomer() operation {
	op := mirroring("PUT", "/v1/customers/{id}", "mirror-customer", "Tell how a customer is now")
	return command(op, rightToAdminister, func(c *call, body nodeValue, req commands.Request) (answer, error) {
		id, err := c.id("id")
		if err != nil {
			return answer{}, err
		}
		value := directory.CustomerMirrored{ID: id, Name: body.Name, Parent: body.Parent}
		return mirrored(a.config.Commands.MirrorCustomer.Handle(c.r.Context(), commands.MirrorCustomer{Request: req, Value: value}))
	})
}

func (a *api) removeCustomer() operation {
	op := mirroring("DELETE", "/v1/customers/{id}", "remove-customer", "Tell that a customer is no longer there")
	return command(op, rightToAdminister, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.id("id")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemoveCustomer.Handle(c.r.Context(), commands.RemoveCustomer{Request: req, ID: id}))
	})
}

func (a *api) mirrorBusinessUnit() operation {
	op := mirroring("PUT", "/v1/business-units/{id}", "mirror-business-unit", "Tell how a business unit is now")
	return command(op, rightToAdminister, func(c *call, body nodeValue, req commands.Request) (answer, error) {
		id, err := c.id("id")
		if err != nil {
			return answer{}, err
		}
		value := directory.BusinessUnitMirrored{ID: id, Name: body.Name, Parent: body.Parent}
		return mirrored(a.config.Commands.MirrorBusinessUnit.Handle(c.r.Context(), commands.MirrorBusinessUnit{Request: req, Value: value}))
	})
}

func (a *api) removeBusinessUnit() operation {
	op := mirroring("DELETE", "/v1/business-units/{id}", "remove-business-unit", "Tell that a business unit is no longer there")
	return command(op, rightToAdminister, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.id("id")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemoveBusinessUnit.Handle(c.r.Context(), commands.RemoveBusinessUnit{Request: req, ID: id}))
	})
}
