package notifications

import (
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/directory"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/projections"
)

// How the rows of streams that are gone are found.
var (
	decisions = projections.Described{
		Rows:    `select source from notifications.undecided union select source from notifications.deliveries`,
		Columns: 1,
		Stream: func(c []string) string {
			source, _ := uuid.Parse(c[0]) // as it was written here
			return notification.Stream(notification.ID(source))
		},
	}
	people = projections.Described{
		Rows: `select organization, kind, person from notifications.people`, Columns: 3,
		Stream: func(c []string) string { return directory.PersonStream(c[0], person(c)) },
	}
	readers = projections.Described{
		Rows: `select distinct organization, kind, person from notifications.participants`, Columns: 3,
		Stream: func(c []string) string { return reader.Stream(c[0], person(c)) },
	}
)

func person(c []string) domain.Person { return domain.Person{Kind: domain.Kind(c[1]), ID: c[2]} }

const (
	forgetSwitch     = `delete from notifications.switches where name = $1`
	forgetDeliveries = `delete from notifications.deliveries where source = $1`
	forgetPerson     = `delete from notifications.people where organization = $1 and kind = $2 and person = $3`

	// What only a reader's stream says, and then whoever is known by nothing else.
	unmute       = `update notifications.participants set muted = null where organization = $1 and kind = $2 and person = $3`
	forgetReader = `delete from notifications.participants
		where organization = $1 and kind = $2 and person = $3 and since is null and stays = 0`
)

// switchEnded leaves mail off: nobody can switch it any more.
func (b *batch) switchEnded(projections.Meta) {
	b.flush()
	b.add(forgetSwitch, switchName)
}

// decisionEnded forgets a decision and what it was about, which is never decided
// again: there is no stream for it.
func (b *batch) decisionEnded(c []string, _ projections.Meta) {
	b.flush()
	b.add(takeFromQueue, c[0])
	b.add(forgetMentions, c[0])
	b.add(forgetMessage, c[0])
	b.add(forgetDeliveries, c[0])
}

func (b *batch) personEnded(c []string, _ projections.Meta) { b.add(forgetPerson, c[0], c[1], c[2]) }

func (b *batch) readerEnded(c []string, _ projections.Meta) {
	b.flush()
	b.add(unmute, c[0], c[1], c[2])
	b.add(forgetReader, c[0], c[1], c[2])
}
