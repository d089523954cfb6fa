package main_test

import (
	"cmp"
	"slices"
	"time"
)

// The shapes of the contract, as far as a file says what stands in them.
type (
	shownPerson struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	shownNamed struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	shownRecord struct {
		Type  string  `json:"type"`
		ID    string  `json:"id"`
		Label string  `json:"label"`
		URL   *string `json:"url"`
	}
	shownParticipant struct {
		Person   shownPerson `json:"person"`
		ReadUpTo int         `json:"read_up_to"`
	}
	shownMessage struct {
		Number   int          `json:"number"`
		Body     string       `json:"body"`
		From     shownPerson  `json:"from"`
		Author   *shownPerson `json:"author"`
		Internal bool         `json:"internal"`
		At       time.Time    `json:"at"`
	}
	shownConversation struct {
		ID           string             `json:"id"`
		Name         string             `json:"name"`
		Status       string             `json:"status"`
		Owner        shownPerson        `json:"owner"`
		CustomerUser shownPerson        `json:"customer_user"`
		Customer     shownNamed         `json:"customer"`
		Source       *shownRecord       `json:"source"`
		Contexts     []shownRecord      `json:"contexts"`
		Participants []shownParticipant `json:"participants"`
		MessageCount int                `json:"message_count"`
		LastMessage  *shownMessage      `json:"last_message"`
		Unread       int                `json:"unread"`
		Mine         bool               `json:"mine"`
		CreatedAt    time.Time          `json:"created_at"`
		UpdatedAt    time.Time          `json:"updated_at"`
	}
)

// oracle says what a person must be shown of a dataset. It knows the product's
// rules, and none of its code.
type oracle struct {
	*dataset
	viewer personKey
}

func (o oracle) isCustomer() bool { return o.viewer.Kind == "customer_user" }

// reaches reports whether the viewer's permission at company level covers what
// belongs to a customer.
func (o oracle) reaches(customer string) bool {
	me := o.people[o.viewer]
	if !slices.Contains(me.Roles, "customer-administrator") {
		return false
	}
	for ; customer != ""; customer = o.customers[customer].Parent {
		if customer == me.Customer {
			return true
		}
	}
	return false
}

func (o oracle) customerOf(c *datasetConversation) string {
	return o.people[personKey{"customer_user", c.CustomerUser}].Customer
}

// views reports whether the viewer sees the conversation at all.
func (o oracle) views(c *datasetConversation) bool {
	return !o.isCustomer() || c.CustomerUser == o.viewer.ID || o.reaches(o.customerOf(c))
}

func (o oracle) viewsRecord(r recordKey) bool {
	if !o.isCustomer() {
		return true
	}
	me := o.people[o.viewer]
	switch r.Type {
	case "user":
		return r.ID == me.SalesRepresentative
	case "customer_user":
		return r.ID == o.viewer.ID || o.reaches(o.people[personKey{"customer_user", r.ID}].Customer)
	}
	return o.records[r].CustomerUser == o.viewer.ID || o.reaches(o.records[r].Customer)
}

// lastAt is what lists are sorted by.
func (c *datasetConversation) lastAt() time.Time {
	if n := len(c.Messages); n > 0 {
		return c.Messages[n-1].At
	}
	return c.StartedAt
}

func (c *datasetConversation) updatedAt() time.Time {
	if c.ClosedAt != nil && c.ClosedAt.After(c.lastAt()) {
		return *c.ClosedAt
	}
	return c.lastAt()
}

func (o oracle) person(p personKey) shownPerson {
	return shownPerson{p.Kind, p.ID, o.people[p].Name}
}

// record shows a record, without its link to who may not view it.
func (o oracle) record(r recordKey) shownRecord {
	if p, is := o.people[personKey{r.Type, r.ID}]; is {
		return shownRecord{Type: r.Type, ID: r.ID, Label: p.Name}
	}
	known := o.records[r]
	shown := shownRecord{Type: r.Type, ID: r.ID, Label: known.Label}
	if known.URL != "" && o.viewsRecord(r) {
		shown.URL = &known.URL
	}
	return shown
}

func (o oracle) message(c *datasetConversation, i int) shownMessage {
	m := c.Messages[i]
	from := o.person(c.sender(m))
	shown := shownMessage{Number: i + 1, Body: m.Body, From: from, At: m.At}
	if !o.isCustomer() {
		shown.Author = &from
	}
	return shown
}

// conversation shows the whole of a conversation.
func (o oracle) conversation(c *datasetConversation) shownConversation {
	customer := o.customers[o.customerOf(c)]
	cursors := c.cursors
	cursor, mine := cursors[o.viewer]
	shown := shownConversation{
		ID: c.id, Name: c.Name, Status: "active", MessageCount: len(c.Messages), Mine: mine,
		Owner:        o.person(personKey{"user", c.Owner}),
		CustomerUser: o.person(personKey{"customer_user", c.CustomerUser}), Customer: shownNamed{customer.ID, customer.Name},
		CreatedAt: c.StartedAt, UpdatedAt: c.updatedAt(), Contexts: []shownRecord{}, Participants: []shownParticipant{},
	}
	if c.ClosedAt != nil {
		shown.Status = "closed"
	}
	if c.Source != nil {
		source := o.record(*c.Source)
		shown.Source = &source
	}
	if n := len(c.Messages); n > 0 {
		last := o.message(c, n-1)
		shown.LastMessage = &last
	}
	if mine {
		shown.Unread = len(c.Messages) - cursor
	}
	for _, r := range c.about {
		if o.viewsRecord(r) {
			shown.Contexts = append(shown.Contexts, o.record(r))
		}
	}
	for _, p := range sortedKeys(cursors, personKey.String) {
		if !o.isCustomer() || p == o.viewer {
			shown.Participants = append(shown.Participants, shownParticipant{o.person(p), cursors[p]})
		}
	}
	return shown
}

// sorted puts what has no order by the contract into one.
func (c shownConversation) sorted() shownConversation {
	slices.SortFunc(c.Contexts, func(a, b shownRecord) int { return cmp.Compare(a.Type+"/"+a.ID, b.Type+"/"+b.ID) })
	slices.SortFunc(c.Participants, func(a, b shownParticipant) int {
		return cmp.Compare(a.Person.Kind+":"+a.Person.ID, b.Person.Kind+":"+b.Person.ID)
	})
	return c
}
