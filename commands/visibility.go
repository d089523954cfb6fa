package commands

import (
	"context"

	"parley/domain"
	"parley/domain/access"
)

// MayViewPerson reports whether the actor may view the person, who may be
// removed but must have been known: users everybody; customer users themselves,
// their sales representative and, where they view their company's
// conversations, its people.
func (d *Directory) MayViewPerson(ctx context.Context, actor access.Actor, p domain.Person) (bool, error) {
	v, err := d.Person(ctx, actor.Organization, p)
	if err != nil || !v.Known {
		return false, err
	}
	switch {
	case !actor.IsCustomer(), actor.Person == p:
		return true, nil
	case p.Kind == domain.KindCustomerUser:
		return d.ofMyCompany(ctx, actor, v.Customer)
	}
	me, err := d.Person(ctx, actor.Organization, actor.Person)
	return me.SalesRepresentative == p.ID, err
}

// MayViewRecord reports whether the actor may view the record (or the person as
// a record), which may be removed but must have been known: users every one;
// customer users their own and, where they view their company's conversations,
// its records.
func (d *Directory) MayViewRecord(ctx context.Context, actor access.Actor, r domain.Record) (bool, error) {
	if p, is := r.AsPerson(); is {
		return d.MayViewPerson(ctx, actor, p)
	}
	v, err := d.Record(ctx, actor.Organization, r)
	if err != nil || !v.Known {
		return false, err
	}
	if !actor.IsCustomer() || v.CustomerUser == actor.Person.ID {
		return true, nil
	}
	return d.ofMyCompany(ctx, actor, v.Customer)
}

// ofMyCompany reports whether what belongs to the customer is in the reach of a
// customer user's permission to view.
func (d *Directory) ofMyCompany(ctx context.Context, actor access.Actor, customer string) (bool, error) {
	customers, err := d.CustomerPath(ctx, actor.Organization, customer)
	return actor.MayView(access.Facts{Organization: actor.Organization, Customers: customers}), err
}
