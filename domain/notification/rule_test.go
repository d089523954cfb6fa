package notification_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/notification"
)

// telling is a message, the people around it, and who of them is told.
type telling struct {
	name     string
	internal bool
	author   domain.Person
	from     domain.Person
	people   []notification.Reachable
	want     []domain.Person
	skipped  map[domain.Person]notification.Reason
}

func tellings() []telling {
	anna, bert, cleo := domain.User("anna"), domain.CustomerUser("bert"), domain.User("cleo")
	reachable := func(p domain.Person) notification.Reachable {
		return notification.Reachable{Person: p, Known: true, Enabled: true, Email: p.ID + "@a.example"}
	}
	changed := func(p domain.Person, change func(*notification.Reachable)) notification.Reachable {
		r := reachable(p)
		change(&r)
		return r
	}
	return []telling{
		{
			"the author is not told", false, anna, anna,
			[]notification.Reachable{reachable(anna), reachable(bert)},
			[]domain.Person{bert},
			map[domain.Person]notification.Reason{anna: notification.ReasonAuthor},
		},
		{
			"nor is who the message is shown as from", false, anna, cleo,
			[]notification.Reachable{reachable(anna), reachable(bert), reachable(cleo)},
			[]domain.Person{bert},
			map[domain.Person]notification.Reason{anna: notification.ReasonAuthor, cleo: notification.ReasonAuthor},
		},
		{
			"customer users are not told of internal notes", true, anna, anna,
			[]notification.Reachable{reachable(bert), reachable(cleo)},
			[]domain.Person{cleo},
			map[domain.Person]notification.Reason{bert: notification.ReasonInternal},
		},
		{
			"who has muted the conversation is not told", false, anna, anna,
			[]notification.Reachable{reachable(bert), changed(cleo, func(r *notification.Reachable) { r.Muted = true })},
			[]domain.Person{bert},
			map[domain.Person]notification.Reason{cleo: notification.ReasonMuted},
		},
		{
			"unless the message mentions them", false, anna, anna,
			[]notification.Reachable{changed(cleo, func(r *notification.Reachable) { r.Muted, r.Mentioned = true, true })},
			[]domain.Person{cleo},
			map[domain.Person]notification.Reason{},
		},
		{
			"the removed, the disabled and those without address are not told", false, anna, anna,
			[]notification.Reachable{
				changed(bert, func(r *notification.Reachable) { r.Known = false }),
				changed(cleo, func(r *notification.Reachable) { r.Enabled = false }),
				changed(domain.User("bert"), func(r *notification.Reachable) { r.Email = "" }),
			},
			nil,
			map[domain.Person]notification.Reason{
				bert: notification.ReasonUnknown, cleo: notification.ReasonDisabled,
				domain.User("bert"): notification.ReasonNoAddress,
			},
		},
	}
}

func TestDecision_tells_the_other_participants_and_says_why_not_the_rest(t *testing.T) {
	t.Parallel()
	for _, c := range tellings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := notification.Undecided{Author: c.author, From: c.from, Internal: c.internal, People: c.people}
			d := u.Decision(time.Unix(0, 0))
			var got []domain.Person
			for _, r := range d.Recipients {
				got = append(got, r.Person)
			}
			skipped := map[domain.Person]notification.Reason{}
			for _, s := range d.Skipped {
				skipped[s.Person] = s.Reason
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.skipped, skipped); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecision_tells_whom_a_message_mentions_once_and_of_an_edit_nobody_else(t *testing.T) {
	t.Parallel()
	anna, bert, cleo := domain.User("anna"), domain.CustomerUser("bert"), domain.User("cleo")
	someone := func(p domain.Person, mentioned bool) notification.Reachable {
		return notification.Reachable{Person: p, Mentioned: mentioned, Known: true, Enabled: true, Email: p.ID + "@a.example"}
	}
	people := []notification.Reachable{someone(anna, true), someone(bert, false), someone(cleo, true)}
	for name, c := range map[string]struct {
		undecided notification.Undecided
		rule      string
		told      map[domain.Person]notification.Reason
		skipped   map[domain.Person]notification.Reason
	}{
		"a message": {
			notification.Undecided{Author: anna, From: anna, People: people},
			notification.RuleMessageAdded,
			map[domain.Person]notification.Reason{bert: notification.ReasonParticipant, cleo: notification.ReasonMentioned},
			map[domain.Person]notification.Reason{anna: notification.ReasonAuthor},
		},
		"an edit": {
			notification.Undecided{Author: anna, From: anna, People: people, Edit: true},
			notification.RuleMention,
			map[domain.Person]notification.Reason{cleo: notification.ReasonMentioned},
			map[domain.Person]notification.Reason{anna: notification.ReasonAuthor, bert: notification.ReasonNotMentioned},
		},
		"a note": {
			notification.Undecided{Author: anna, From: anna, Internal: true, People: []notification.Reachable{someone(bert, true)}},
			notification.RuleMessageAdded,
			map[domain.Person]notification.Reason{},
			map[domain.Person]notification.Reason{bert: notification.ReasonInternal},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := c.undecided.Decision(time.Unix(0, 0))
			told, skipped := map[domain.Person]notification.Reason{}, map[domain.Person]notification.Reason{}
			for _, r := range d.Recipients {
				told[r.Person] = r.Reason
			}
			for _, s := range d.Skipped {
				skipped[s.Person] = s.Reason
			}
			if diff := cmp.Diff(c.told, told); diff != "" || d.Rule != c.rule || len(d.Recipients) != len(told) {
				t.Errorf("by rule %s (-want +told):\n%s", d.Rule, diff)
			}
			if diff := cmp.Diff(c.skipped, skipped); diff != "" {
				t.Errorf("not told (-want +got):\n%s", diff)
			}
		})
	}
}
