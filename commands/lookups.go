package commands

import (
	"context"
	"slices"
	"strings"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/directory"
)

// lookup resolves ids in the body of a command and notes what is wrong with
// them. A foreign id is as unknown as one that does not exist. The first fault
// stays in err.
type lookup struct {
	ctx       context.Context
	directory *Directory
	actor     access.Actor
	problems  *domain.Problems
	err       error
}

func (c Conversations) lookup(ctx context.Context, actor access.Actor, p *domain.Problems) *lookup {
	return &lookup{ctx: ctx, directory: c.Directory, actor: actor, problems: p}
}

// at notes what is wrong at a place where nothing was wrong so far.
func (l *lookup) at(pointer, detail string) {
	l.problems.Merge([]domain.FieldError{{Pointer: pointer, Detail: detail}})
}

// person returns somebody who is there and enabled, and whether there is.
func (l *lookup) person(pointer string, p domain.Person) (PersonView, bool) {
	known, err := l.directory.Person(l.ctx, l.actor.Organization, p)
	l.keep(err)
	switch {
	case !known.Known || known.Removed:
		l.at(pointer, "is not known")
		return known, false
	case !known.Enabled:
		l.at(pointer, "is disabled")
		return known, false
	}
	return known, true
}

// sender returns somebody as person does, named by kind and id.
func (l *lookup) sender(pointer string, p domain.Person) {
	kind, id := l.given(pointer, "kind", string(p.Kind)), l.given(pointer, "id", p.ID)
	switch {
	case kind && !p.Kind.IsPerson():
		l.at(pointer+"/kind", "must be user or customer_user")
	case kind && id:
		l.person(pointer, p)
	}
}

// record returns a record that is there and in the actor's view, and whether
// there is. The pointer may be that of its id.
func (l *lookup) record(pointer string, r domain.Record) (RecordView, bool) {
	object := strings.TrimSuffix(pointer, "/id")
	if kind, id := l.given(object, "type", r.Type), l.given(object, "id", r.ID); !kind || !id {
		return RecordView{}, false
	}
	known, here, err := l.directory.recordInView(l.ctx, l.actor, r)
	l.keep(err)
	if !here {
		l.at(pointer, "is not known")
	}
	return known, here
}

// given reports whether an object has a value that must be there, and notes that
// it has not unless it is no object at all.
func (l *lookup) given(object, name, value string) bool {
	isObject := !slices.ContainsFunc(*l.problems, func(f domain.FieldError) bool { return f.Pointer == object })
	if value == "" && isObject {
		l.at(object+"/"+name, "is required")
	}
	return value != ""
}

// messageBytes bounds the messages of the actor's organization.
func (l *lookup) messageBytes() int {
	set, err := l.directory.SettingsOf(l.ctx, l.actor.Organization)
	l.keep(err)
	return set.Limits.MessageBytes
}

func (l *lookup) keep(err error) {
	if l.err == nil {
		l.err = err
	}
}

// recordInView returns a record, or a person as a record, that is there now and
// in the actor's view, and whether there is.
func (d *Directory) recordInView(ctx context.Context, actor access.Actor, r domain.Record) (RecordView, bool, error) {
	known, err := d.Record(ctx, actor.Organization, r)
	if err != nil || !known.Known || known.Removed {
		return known, false, err
	}
	sees, err := d.MayViewRecord(ctx, actor, r)
	return known, sees, err
}

// typeLabel returns how the type of a record is called.
func (d *Directory) typeLabel(ctx context.Context, organization string, r domain.Record) (string, error) {
	switch domain.Kind(r.Type) {
	case domain.KindUser:
		return "User", nil
	case domain.KindCustomerUser:
		return "Customer User", nil
	}
	known, err := d.RecordType(ctx, organization, r.Type)
	if err != nil || !known.Known {
		return r.Type, err
	}
	return known.Label, nil
}

// recordOf returns the record's own people: for a customer user as a record,
// that customer user.
func recordOf(v RecordView, r domain.Record) directory.RecordMirrored {
	if p, ok := r.AsPerson(); ok && p.Kind == domain.KindCustomerUser {
		return directory.RecordMirrored{CustomerUser: p.ID}
	}
	return v.RecordMirrored
}
