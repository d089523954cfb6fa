package inboxes

import (
	"strings"

	"parley/domain/sqldb"
	"parley/projections"
)

// What only a reader's stream says; then the threads that somebody has for nothing
// else; and what follows for the others, and for the counter.
const (
	endedReaders = `with v (organization, kind, person) as (values `
	readerValues = "(cast(? as text), cast(? as text), cast(? as text))"
	ofReaders    = ` t.organization = v.organization and t.kind = v.kind and t.person = v.person`
	ofThread     = `c.organization = t.organization and c.conversation = t.conversation`

	forgetReading = `)
update inboxes.threads as t set read = 0, read_at = 0, rewound = null, muted = null from v where` + ofReaders
	forgetReaders = `delete from inboxes.threads
where not participant and not starter and joined = 0 and stays = 0 and own = 0 and own_public = 0
  and (organization, kind, person) in (values `
	settleReaders = addToCounters + `count(*) filter (where ` + threadUnread + `) - count(*) filter (where t.unread)
from v join inboxes.threads t on` + ofReaders + ` left join inboxes.conversations c on ` + ofThread + upsertCounters
	refreshReaders = `)` + refreshed + `true where` + ofReaders + ` and ` + ofThread
)

// forgotten takes away what was removed, of whatever organization it was, and what
// those have read whose reading is gone.
func (b *batch) forgotten() []sqldb.Statement {
	var ids, readers [][]any
	for id := range b.removals.All() {
		ids = append(ids, []any{id})
	}
	for k := range b.readers.All() {
		readers = append(readers, []any{k.organization, string(k.person.Kind), k.person.ID})
	}
	out := projections.InEveryOrganization("inboxes.threads", "conversation", "(cast(? as text))", strings.TrimPrefix(subtract, ")"), ids)
	for _, table := range []string{"inboxes.threads", "inboxes.offsets", "inboxes.conversations"} {
		out = append(out, projections.ForgetConversations(table, ids)...)
	}
	out = append(out, projections.Rows(endedReaders, readerValues, forgetReading, readers)...)
	out = append(out, projections.Rows(forgetReaders, "(?, ?, ?)", ")", readers)...)
	out = append(out, projections.Rows(endedReaders, readerValues, settleReaders, readers)...)
	out = append(out, projections.Rows(endedReaders, readerValues, refreshReaders, readers)...)
	if len(ids)+len(readers) > 0 {
		out = append(out, sqldb.Statement{SQL: forgetCounters})
	}
	return out
}
