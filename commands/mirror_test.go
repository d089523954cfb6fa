package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/commands"
	"parley/domain"
	"parley/domain/directory"
)

func TestMirrorPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := commands.MirrorPersonHandler{Directory: w.Directory}
	nina := directory.PersonMirrored{Organization: "umbrella", Kind: domain.KindUser, ID: "nina", Name: "Nina", Enabled: true}
	mirror := func(who domain.Person, p directory.PersonMirrored) (commands.MirrorAnswer, error) {
		return h.Handle(t.Context(), commands.MirrorPerson{Request: w.by(who), Value: p})
	}
	_, err := mirror(maxi, nina)
	wantCode(t, err, domain.CodeForbidden)
	renamed := nina
	renamed.Name = "Nina B."
	for _, c := range []struct {
		value directory.PersonMirrored
		want  commands.Change
	}{{nina, commands.Created}, {nina, commands.Unchanged}, {renamed, commands.Updated}} {
		a, err := mirror(root, c.value)
		if err != nil || a.Change != c.want || a.Position == 0 {
			t.Errorf("%s: %+v, error %v; want %s", c.value.Name, a, err, c.want)
		}
	}
	for _, organization := range []string{acme, "umbrella"} {
		v, err := w.Directory.Person(t.Context(), organization, domain.User("nina"))
		if err != nil || v.Known != (organization == acme) {
			t.Errorf("known in %s: %t (error %v); the organization is the actor's, not the value's", organization, v.Known, err)
		}
	}
}

func TestMirror_says_what_is_wrong_with_shape_and_value_at_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req := w.by(root)
	req.Shape = []domain.FieldError{{Pointer: "/colour", Detail: "is unknown"}}
	_, err := commands.MirrorPersonHandler{Directory: w.Directory}.Handle(t.Context(), commands.MirrorPerson{
		Request: req, Value: directory.PersonMirrored{Kind: domain.KindUser, ID: "nina", Email: "no"},
	})
	wantCode(t, err, domain.CodeInvalid)
	if diff := cmp.Diff([]string{"/colour", "/name", "/email"}, pointers(err)); diff != "" {
		t.Errorf("field errors (-want +got):\n%s", diff)
	}
}

func TestMirrorRecord_needs_a_registered_type(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := commands.MirrorRecordHandler{Directory: w.Directory}
	_, err := h.Handle(t.Context(), commands.MirrorRecord{
		Request: w.by(root), Value: directory.RecordMirrored{Type: "rfq", ID: "1", Label: "1"},
	})
	wantCode(t, err, domain.CodeNotFound)
	_, err = commands.MirrorRecordTypeHandler{Directory: w.Directory}.Handle(t.Context(), commands.MirrorRecordType{
		Request: w.by(root), Value: directory.RecordTypeMirrored{Type: "rfq", Label: "Request for Quote"},
	})
	wantCode(t, err, "")
	a, err := h.Handle(t.Context(), commands.MirrorRecord{
		Request: w.by(root), Value: directory.RecordMirrored{Type: "rfq", ID: "1", Label: "1"},
	})
	if err != nil || a.Change != commands.Created {
		t.Errorf("%+v, error %v; want created", a, err)
	}
}

func TestMirrorRecordType_leaves_the_types_of_people_alone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := commands.MirrorRecordTypeHandler{Directory: w.Directory}.Handle(t.Context(), commands.MirrorRecordType{
		Request: w.by(root), Value: directory.RecordTypeMirrored{Type: "customer_user", Label: "x"},
	})
	wantCode(t, err, domain.CodeInvalid)
}

func TestMirrorCustomer_and_unit_build_the_trees_that_rights_climb(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := commands.MirrorCustomerHandler{Directory: w.Directory}.Handle(t.Context(), commands.MirrorCustomer{
		Request: w.by(root), Value: directory.CustomerMirrored{ID: "contoso", Name: "Contoso", Parent: "northwind"},
	})
	wantCode(t, err, "")
	_, err = commands.MirrorBusinessUnitHandler{Directory: w.Directory}.Handle(t.Context(), commands.MirrorBusinessUnit{
		Request: w.by(root), Value: directory.BusinessUnitMirrored{ID: "sales", Name: "Sales", Parent: "all"},
	})
	wantCode(t, err, "")
	w.remirror(directory.PersonMirrored{
		Kind: maxi.Kind, ID: maxi.ID, Name: "Max", BusinessUnit: "all", Roles: []string{"manager"}, Enabled: true,
	})
	id := w.given()
	if err := update(root, func(c *commands.UpdateConversation) { c.CustomerUser = new("olga") })(w, id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, say(boss)(w, id), "") // above olga's company now
	wantCode(t, say(maxi)(w, id), "") // above ada's unit now
}

func TestRemove_takes_rights_away_and_happens_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	_, err := commands.RemovePersonHandler{Directory: w.Directory}.Handle(t.Context(),
		commands.RemovePerson{Request: w.by(maxi), Person: eve})
	wantCode(t, err, domain.CodeForbidden)
	for range 2 {
		w.removePerson(eve)
	}
	if _, err := w.Directory.Actor(t.Context(), acme, eve); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Errorf("a removed person signs in: %v", err)
	}
	wantCode(t, add(ada, eve)(w, id), domain.CodeNotFound)
	for name, remove := range map[string]func() (commands.Done, error){
		"a customer": func() (commands.Done, error) {
			return commands.RemoveCustomerHandler{Directory: w.Directory}.Handle(t.Context(), commands.RemoveCustomer{Request: w.by(root), ID: "northwind"})
		},
		"a unit that never was": func() (commands.Done, error) {
			return commands.RemoveBusinessUnitHandler{Directory: w.Directory}.Handle(t.Context(), commands.RemoveBusinessUnit{Request: w.by(root), ID: "none"})
		},
		"a record type": func() (commands.Done, error) {
			return commands.RemoveRecordTypeHandler{Directory: w.Directory}.Handle(t.Context(), commands.RemoveRecordType{Request: w.by(root), Type: "order"})
		},
	} {
		if _, err := remove(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
