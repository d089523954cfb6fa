package notifications

import (
	"parley/domain/sqldb"
	"parley/projections"
)

// write is one multi-row statement; see projections.Rows.
type write struct{ head, row, tail string }

var (
	upsertPerson = write{
		"insert into notifications.people (organization, kind, person, email, locale, known, enabled) values ",
		"(?, ?, ?, ?, ?, ?, ?)",
		` on conflict (organization, kind, person) do update
			set email = excluded.email, locale = excluded.locale, known = excluded.known, enabled = excluded.enabled`,
	}
	upsertParticipant = write{
		"insert into notifications.participants as p (organization, conversation, kind, person, since, stays, muted) values ",
		"(?, ?, ?, ?, ?, ?, ?)",
		` on conflict (organization, conversation, kind, person) do update
			set since = coalesce(excluded.since, p.since), stays = p.stays + excluded.stays,
				muted = coalesce(excluded.muted, p.muted)`,
	}
	queueMessage = write{
		`insert into notifications.undecided (source, position, source_type, organization, conversation, revision,
			author_kind, author, from_kind, from_person, internal, at)
		select * from (values `,
		`(cast(? as text), cast(? as bigint), cast(? as text), cast(? as text), cast(? as text), cast(? as bigint),
			cast(? as text), cast(? as text), cast(? as text), cast(? as text), cast(? as boolean), cast(? as bigint))`,
		") as message where exists (select 1 from notifications.switches where running)",
	}
	keepMention = write{
		`insert into notifications.mentions (source, kind, person) select * from (values `,
		"(cast(? as text), cast(? as text), cast(? as text))",
		") as mention where exists (select 1 from notifications.switches where running)",
	}
	keepMessage = write{
		`insert into notifications.messages (source, conversation, revision) select * from (values `,
		"(cast(? as text), cast(? as text), cast(? as bigint))",
		") as message where exists (select 1 from notifications.switches where running)",
	}
)

// switchName names the only switch yet: the mail settings of the installation.
const switchName = "mail"

const (
	turnSwitch = `insert into notifications.switches (name, running) values ($1, $2)
		on conflict (name) do update set running = excluded.running`
	takeFromQueue   = `delete from notifications.undecided where source = $1`
	forgetMentions  = `delete from notifications.mentions where source = $1`
	emptyMentions   = `delete from notifications.mentions`
	forgetMessage   = `delete from notifications.messages where source = $1`
	forgetMembers   = `delete from notifications.participants where organization = $1 and conversation = $2`
	forgetMentioned = `delete from notifications.mentions where source in (
		select source from notifications.undecided where organization = $1 and conversation = $2)`
	forgetUndecided         = `delete from notifications.undecided where organization = $1 and conversation = $2`
	forgetMentionedAnywhere = `delete from notifications.mentions where source in (
		select source from notifications.undecided where conversation = $1)`
	forgetUndecidedAnywhere = `delete from notifications.undecided where conversation = $1`
	forgetMessages          = `delete from notifications.messages where conversation = $1`
	forgetQueued            = `delete from notifications.messages where source in (select source from notifications.undecided)`
	emptyQueue              = `delete from notifications.undecided`
	dropOwed                = `update notifications.deliveries set state = $1, due_at = null, detail = $2, updated_at = $3 where due_at is not null`
	insertDelivery          = `insert into notifications.deliveries (notification, recipient, organization, conversation, source,
			kind, person, address, state, attempts, due_at, detail, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, '', $11)`
	changeDelivery = `update notifications.deliveries set state = $1, attempts = $2, due_at = $3, detail = $4, updated_at = $5
		where notification = $6 and recipient = $7`
	dropDelivery = `update notifications.deliveries set state = $1, due_at = null, detail = $2, updated_at = $3
		where notification = $4 and recipient = $5`
)

// rows collects rows by key, the last one of a key winning, in the order in
// which keys first came.
type rows struct {
	index  map[string]int
	values [][]any
}

func (r *rows) set(key string, values ...any) {
	if i, ok := r.index[key]; ok {
		r.values[i] = values
		return
	}
	if r.index == nil {
		r.index = map[string]int{}
	}
	r.index[key] = len(r.values)
	r.values = append(r.values, values)
}

func (r *rows) upsert(w write) []sqldb.Statement {
	return projections.Rows(w.head, w.row, w.tail, r.values)
}
