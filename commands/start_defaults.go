package commands

import (
	"errors"
	"strconv"
	"time"

	"parley/domain"
	"parley/domain/conversation"
)

var errNoOwner = errors.New("neither a sales representative nor a default owner is there and enabled")

// start resolves what a conversation is started with, and notes what is wrong
// with it.
func (l *lookup) start(c StartConversation, defaultOwner string) conversation.Start {
	s := conversation.Start{
		Organization: c.Actor.Organization, Starter: c.Actor.Person, Source: c.Source, Contexts: c.Contexts,
	}
	source := l.source(c.Source)
	s.Name = l.name(c, source)
	customerUser := l.customerUser(c, source, &s)
	l.customer(c.Customer, customerUser, &s)
	s.Owner = l.owner(c, customerUser, defaultOwner)
	for i, r := range c.Contexts {
		l.record("/contexts/"+strconv.Itoa(i)+"/id", r)
	}
	switch {
	case c.Message != nil:
		s.Message = &conversation.NewMessage{
			Author: c.Actor.Person, From: c.Actor.Person, Body: c.Message.Body,
			Internal: c.Message.Internal != nil && *c.Message.Internal,
		}
	case c.Actor.IsCustomer():
		l.at("/message", "is required")
	}
	return s
}

// source returns the source record, nil when there is none or it is not known.
func (l *lookup) source(r *domain.Record) *RecordView {
	if r == nil {
		return nil
	}
	known, here := l.record("/source", *r)
	if !here {
		return nil
	}
	known.RecordMirrored.CustomerUser = recordOf(known, *r).CustomerUser
	return &known
}

// name is the one asked for, else made of the source's type and label.
func (l *lookup) name(c StartConversation, source *RecordView) string {
	switch {
	case c.Name != nil:
		return *c.Name
	case c.Source == nil:
		l.at("/name", "is required")
		return ""
	case source == nil:
		// The source is what is wrong: the name must not seem to be, too.
		return conversation.DefaultName(c.Source.Type, c.Source.ID)
	}
	label, err := l.directory.typeLabel(l.ctx, l.actor.Organization, *c.Source)
	l.keep(err)
	return conversation.DefaultName(label, source.Label)
}

// customerUser is the one asked for, else the caller, else the source's.
func (l *lookup) customerUser(c StartConversation, source *RecordView, s *conversation.Start) PersonView {
	switch {
	case c.Actor.IsCustomer():
		s.CustomerUser = c.Actor.Person.ID
	case c.CustomerUser != nil:
		s.CustomerUser = *c.CustomerUser
	case source != nil && source.CustomerUser != "":
		s.CustomerUser = source.CustomerUser
	default:
		l.at("/customer_user", "is required")
		return PersonView{}
	}
	known, _ := l.person("/customer_user", domain.CustomerUser(s.CustomerUser))
	return known
}

// customer is that of the customer user, and no other.
func (l *lookup) customer(asked *string, customerUser PersonView, s *conversation.Start) {
	s.Customer = customerUser.Customer
	l.fits(asked, customerUser)
}

// fits notes a customer that is not the customer user's, or that is not known
// where the customer user is not.
func (l *lookup) fits(asked *string, customerUser PersonView) {
	switch {
	case asked == nil:
	case customerUser.Known && *asked != customerUser.Customer:
		l.at("/customer", "must be the customer user's")
	case !customerUser.Known:
		known, err := l.directory.Customer(l.ctx, l.actor.Organization, *asked)
		l.keep(err)
		if !known.Known {
			l.at("/customer", "is not known")
		}
	}
}

// owner is the one asked for, else the caller; of what a customer user starts it
// is the sales representative, else the default owner.
func (l *lookup) owner(c StartConversation, customerUser PersonView, defaultOwner string) string {
	if !c.Actor.IsCustomer() {
		owner := c.Actor.Person.ID
		if c.Owner != nil {
			owner = *c.Owner
		}
		l.person("/owner", domain.User(owner))
		return owner
	}
	for _, id := range []string{customerUser.SalesRepresentative, defaultOwner} {
		if id == "" {
			continue
		}
		known, err := l.directory.Person(l.ctx, l.actor.Organization, domain.User(id))
		l.keep(err)
		if known.Enabled {
			return id
		}
	}
	l.keep(domain.Unavailable("Nobody is set to answer new conversations yet; try again later.", time.Minute, errNoOwner))
	return defaultOwner
}
