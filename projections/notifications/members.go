package notifications

import (
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
	"parley/domain/sqldb"
	"parley/projections"
)

type memberKey struct {
	organization, conversation string
	person                     domain.Person
}

// member is what a batch changes of a person's part; nil stays as it is. Since is
// where they joined, or 0 when they left.
type member struct {
	since *int64
	stays int64
	muted *int64
}

func (m *member) setSince(position int64) { m.since = &position }

func (m *member) setMuted(stay int64) { m.muted = &stay }

// joined notes since when a person takes part: who joins after a message is not
// told of it.
func (b *batch) joined(e conversation.ParticipantJoined, m projections.Meta) {
	p := b.member(m, m.AggregateID(), e.Person)
	p.setSince(int64(m.Position))
	p.stays++
}

func (b *batch) left(e conversation.ParticipantLeft, m projections.Meta) {
	b.member(m, m.AggregateID(), e.Person).setSince(0)
}

func (b *batch) muted(e reader.ConversationMuted, m projections.Meta) {
	b.member(m, e.Conversation, e.Person).setMuted(int64(e.Stay))
}

func (b *batch) unmuted(e reader.ConversationUnmuted, m projections.Meta) {
	b.member(m, e.Conversation, e.Person).setMuted(0)
}

func (b *batch) member(m projections.Meta, conversation uuid.UUID, p domain.Person) *member {
	return b.members.Of(memberKey{m.Organization, conversation.String(), p})
}

// purged forgets who takes part and which messages there were. What is still owed
// is found without its message, and dropped.
func (b *batch) purged(_ conversation.Purged, m projections.Meta) {
	organization, id := m.Organization, m.Aggregate()
	b.members.Drop(func(k memberKey) bool { return k.organization == organization && k.conversation == id })
	b.flush()
	b.add(forgetMembers, organization, id)
	b.add(forgetMentioned, organization, id)
	b.add(forgetUndecided, organization, id)
	b.add(forgetMessages, id)
}

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.remove(m) }

// remove is purged where only the conversation's id is known.
func (b *batch) remove(m projections.Meta) {
	id := m.Aggregate()
	b.members.Drop(func(k memberKey) bool { return k.conversation == id })
	b.flush()
	b.statements = append(b.statements, projections.ForgetConversations("notifications.participants", [][]any{{id}})...)
	b.add(forgetMentionedAnywhere, id)
	b.add(forgetUndecidedAnywhere, id)
	b.add(forgetMessages, id)
}

// flush puts members and messages so far in front of what comes next.
func (b *batch) flush() {
	b.flushQueued()
	b.statements = append(b.statements, b.memberRows()...)
	b.members = projections.Changes[memberKey, member]{}
}

func (b *batch) memberRows() []sqldb.Statement {
	var rows [][]any
	for k, m := range b.members.All() {
		rows = append(rows, []any{
			k.organization, k.conversation, string(k.person.Kind), k.person.ID, m.since, m.stays, m.muted,
		})
	}
	return projections.Rows(upsertParticipant.head, upsertParticipant.row, upsertParticipant.tail, rows)
}
