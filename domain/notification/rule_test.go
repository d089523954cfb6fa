package notification_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/notification"
)

func TestDecision_tells_the_other_participants_and_says_why_not_the_rest(t *testing.T) {
	t.Parallel()
	anna, bert, cleo := domain.User("anna"), domain.CustomerUser("bert"), domain.User("cleo")
	reachable := func(p domain.Person) notification.Reachable {
		return notification.Reachable{Person: p, Known: true, Enabled: true, Email: p.ID + "@a.example"}
	}
	changed := func(p domain.Person, change func(*notification.Reachable)) notification.Reachable {
		r := reachable(p)
		change(&r)
		return r
	}
	for _, c := range []struct {
		name     string
		internal bool
		author   domain.Person
		from     domain.Person
		people   []notification.Reachable
		want     []domain.Person
		skipped  map[domain.Person]notification.Reason
	}{
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
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := notification.Undecided{Author: c.author, From: c.from, Internal: c.internal, Participants: c.people}
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
