package domain

import "strings"

// Kind tells apart the id spaces of people. The same id in another kind is
// another person, always.
type Kind string

// The kinds of actors. Only users and customer users are people; System acts
// where no person does (timers, the operator's shell, the demo's seeding).
const (
	KindUser         Kind = "user"
	KindCustomerUser Kind = "customer_user"
	KindSystem       Kind = "system"
)

// IsPerson reports whether the kind names people.
func (k Kind) IsPerson() bool { return k == KindUser || k == KindCustomerUser }

// Person identifies a person (or the system) within an organization. The id is
// the one that the commerce system gave: opaque, at most [MaxIDBytes] bytes.
type Person struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// User returns the user with that id.
func User(id string) Person { return Person{Kind: KindUser, ID: id} }

// CustomerUser returns the customer user with that id.
func CustomerUser(id string) Person { return Person{Kind: KindCustomerUser, ID: id} }

// System is the actor where no person acts.
var System = Person{Kind: KindSystem, ID: "system"}

// IsZero reports whether no person is named.
func (p Person) IsZero() bool { return p == Person{} }

// String returns kind:id, for logs and keys.
func (p Person) String() string { return string(p.Kind) + ":" + p.ID }

// Record identifies a business record, or a person as a context: people have
// the types "user" and "customer_user".
type Record struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// PersonRecord returns the record that stands for a person as a context.
func PersonRecord(p Person) Record { return Record{Type: string(p.Kind), ID: p.ID} }

// AsPerson returns the person that the record stands for, if it stands for one.
func (r Record) AsPerson() (Person, bool) {
	k := Kind(r.Type)
	return Person{Kind: k, ID: r.ID}, k.IsPerson()
}

// IsZero reports whether no record is named.
func (r Record) IsZero() bool { return r == Record{} }

// MaxIDBytes bounds the ids that the commerce system gives.
const MaxIDBytes = 128

// CheckID returns what is wrong with an outside id, or "". An id is opaque: any
// accepted one-line text of 1 to [MaxIDBytes] bytes.
func CheckID(id string) string {
	switch {
	case id == "":
		return "must not be empty"
	case len(id) > MaxIDBytes:
		return "must be at most 128 bytes"
	case strings.ContainsAny(id, "\n\t"):
		return "must be one line without tabs"
	}
	return CheckText(id)
}
