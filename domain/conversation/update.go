package conversation

import (
	"time"

	"parley/domain"
)

// Update asks for other values; nil leaves a value as it is. A changed customer
// user always comes with its customer. Its people, customer and source are
// known to exist and to fit each other.
type Update struct {
	Name         *string
	Owner        *string
	CustomerUser *string
	Customer     *string
	// ClearSource unties the conversation from its source; Source is then nil.
	ClearSource bool
	Source      *domain.Record
}

// Check returns everything that is wrong with the request by itself.
func (u Update) Check() []domain.FieldError {
	var p domain.Problems
	if u.Name != nil {
		p.At("/name", CheckName(*u.Name))
	}
	return p
}

// Update changes what differs, also while the conversation is closed. A new
// owner or customer user joins and becomes a context; a former customer user
// leaves, a former owner stays; a new source becomes a context. Errors:
// not_found, invalid with all field errors.
func (c *Conversation) Update(u Update, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if err := domain.Invalid(u.Check()...); err != nil {
		return nil, err
	}
	d := c.draft(now)
	if u.Name != nil && CleanName(*u.Name) != c.Name {
		d.record(Renamed{Name: CleanName(*u.Name), At: now})
	}
	if u.Owner != nil && *u.Owner != c.Owner {
		d.hand(*u.Owner)
	}
	d.reassign(or(u.CustomerUser, c.CustomerUser), or(u.Customer, c.Customer))
	switch {
	case u.Source != nil:
		d.tie(*u.Source)
	case u.ClearSource && c.Source != nil:
		d.record(SourceChanged{At: now})
	}
	return d.events, nil
}

// hand gives the conversation to another owner.
func (d *draft) hand(owner string) {
	d.record(OwnerChanged{Owner: owner, At: d.at})
	d.join(domain.User(owner))
	d.suggest(domain.PersonRecord(domain.User(owner)))
}

// reassign gives the conversation another customer user, customer or both.
func (d *draft) reassign(customerUser, customer string) {
	former := d.state.CustomerUser
	if customerUser == former && customer == d.state.Customer {
		return
	}
	d.record(CustomerUserChanged{CustomerUser: customerUser, Customer: customer, At: d.at})
	if customerUser == former {
		return
	}
	d.leave(domain.CustomerUser(former))
	d.join(domain.CustomerUser(customerUser))
	d.suggest(domain.PersonRecord(domain.CustomerUser(customerUser)))
}

// tie gives the conversation another source record.
func (d *draft) tie(source domain.Record) {
	if d.state.Source != nil && *d.state.Source == source {
		return
	}
	d.record(SourceChanged{Source: &source, At: d.at})
	d.suggest(source)
}

func or(asked *string, current string) string {
	if asked != nil {
		return *asked
	}
	return current
}
