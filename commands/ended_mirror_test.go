package commands_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/settings"
)

func TestPeople_whose_stream_was_deleted_are_unknown_until_they_are_mirrored_again(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nina := directory.PersonMirrored{Kind: domain.KindUser, ID: "nina", Name: "Nina"}
	stream := domain.Stream(directory.People.Name, directory.PersonID(acme, domain.User("nina")))
	h := commands.MirrorPersonHandler{Directory: w.Directory}
	first := commands.MirrorPerson{Request: w.keyed(root, "first"), Value: nina}
	_, err := h.Handle(t.Context(), first)
	wantCode(t, err, "")
	mirrorPerson(t, w.Directory, directory.PersonMirrored{Kind: domain.KindUser, ID: "nina", Name: "Nina B."})
	w.operator().remove(stream)
	w.heard()
	known := func(want bool) {
		t.Helper()
		for what, who := range map[string]*world{"who knew her": w, "a new one": w.another()} {
			if v, err := who.Directory.Person(t.Context(), acme, domain.User("nina")); err != nil || v.Known != want {
				t.Errorf("an instance %s knows her: %t (error %v), want %t", what, v.Known, err, want)
			}
		}
	}
	known(false)
	_, err = h.Handle(t.Context(), first)
	wantCode(t, err, domain.CodeNotFound) // what was done is no longer there
	known(false)
	again, err := h.Handle(t.Context(), commands.MirrorPerson{Request: w.by(root), Value: nina})
	if err != nil || again.Change != commands.Created {
		t.Fatalf("mirrored again: %+v, error %v", again, err)
	}
	w.heard()
	known(true)
	same, err := commands.MirrorPersonHandler{Directory: w.another().Directory}.Handle(t.Context(), commands.MirrorPerson{Request: w.by(root), Value: nina})
	if err != nil || same.Change != commands.Unchanged || same.Position != again.Position {
		t.Errorf("mirrored once more elsewhere: %+v, error %v, want unchanged at %d", same, err, again.Position)
	}
}

func TestPeople_whose_stream_is_deleted_for_ever_are_unknown_for_ever(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	w.operator().tombstone(domain.Stream(directory.People.Name, directory.PersonID(acme, bob)))
	w.heard()
	for what, who := range map[string]*world{"that knew him": w, "that is new": w.another()} {
		if v, err := who.Directory.Person(t.Context(), acme, bob); err != nil || v.Known || v.Enabled {
			t.Errorf("an instance %s knows him: %+v, error %v", what, v, err)
		}
		_, err := commands.MirrorPersonHandler{Directory: who.Directory}.Handle(t.Context(), commands.MirrorPerson{
			Request: w.by(root), Value: directory.PersonMirrored{Kind: bob.Kind, ID: bob.ID, Name: "Bob"},
		})
		wantCode(t, err, domain.CodeNotFound)
		wantCode(t, say(ada)(who, id), "")
	}
}

func TestSettings_whose_stream_was_deleted_are_as_at_the_beginning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh, err := w.Directory.SettingsOf(t.Context(), "umbrella")
	wantCode(t, err, "")
	w.operator().remove(domain.Stream(settings.Aggregate.Name, settings.ID(acme)))
	w.heard()
	for what, who := range map[string]*world{"that knew others": w, "that is new": w.another()} {
		now, err := who.Directory.SettingsOf(t.Context(), acme)
		wantCode(t, err, "")
		if diff := cmp.Diff(fresh.Values, now.Values); diff != "" {
			t.Errorf("an instance %s (-want +got):\n%s", what, diff)
		}
	}
}

func TestEvents_of_the_store_itself_in_a_stream_mean_nothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	person := domain.Stream(directory.People.Name, directory.PersonID(acme, bob))
	w.operator().write(person, "$note", `{"of":"nobody"}`)
	for n := 1; n <= 200; n++ {
		wantCode(t, say(bob, func(c *commands.AddMessage) { c.Body = strconv.Itoa(n) })(w, id), "")
		if n%3 == 0 {
			w.operator().write(conversation.Stream(id), "$note", `no JSON`)
			w.heard()
		}
		if n%7 == 0 {
			wantCode(t, rewrite(bob, n-5, "edited "+strconv.Itoa(n-5))(w, id), "")
		}
	}
	for what, who := range map[string]*world{"that was there": w, "that is new": w.another()} {
		for n := 1; n <= 200; n++ {
			want := strconv.Itoa(n)
			if (n+5)%7 == 0 && n+5 <= 200 {
				want = "edited " + want
			}
			m, found, err := who.Message(t.Context(), id, domain.KindUser, n)
			if err != nil || !found || m.Body != want {
				t.Fatalf("message %d on an instance %s: %q, found %t, error %v; want %q", n, what, m.Body, found, err, want)
			}
		}
		wantCode(t, shut(ada, "done")(who, id), "")
		wantCode(t, reopen(ada)(who, id), "")
		if a, err := who.Show(t.Context(), w.by(ada).Actor, id); err != nil || a.MessageCount != 200 || a.CustomerUser.Name != "Name of bob" {
			t.Errorf("%+v, error %v", a, err)
		}
	}
}
