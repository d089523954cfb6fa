package queries

import (
	"maps"
	"strconv"

	"parley/domain/access"
)

// forUsers and forCustomers name what each audience sees of a conversation's
// messages and times.
var (
	forUsers = params{
		"message_columns": clause(`c.updated_at, c.message_count, c.last_at, c.last_public_number,
  coalesce({from_kind}, ''), coalesce({from_id}, ''), coalesce(c.last_author_kind, ''), coalesce(c.last_author_id, ''),
  coalesce({last_body}, ''), coalesce(c.last_internal, false),
  coalesce(c.last_edited_at, 0), coalesce(c.last_redacted, false), coalesce(c.last_attachments, '')`),
		"from_kind": clause(`c.last_from_kind`), "from_id": clause(`c.last_from_id`), "last_body": clause(`c.last_body`),
		"count": clause(`c.message_count`), "last_at": clause(`c.last_at`), "sort_at": clause(`c.sort_at`),
		"changed_at": clause(`c.updated_at`),
		"updated_at": clause(`a.updated_at`), "participant_visible": clause(`true`), "participant_cursor": overallCursor,
	}
	forCustomers = params{
		"message_columns": clause(`c.public_updated_at, c.public_message_count, c.public_last_at, c.public_message_count,
  coalesce({from_kind}, ''), coalesce({from_id}, ''), '', '',
  coalesce({last_body}, ''), false, coalesce(c.public_last_edited_at, 0), coalesce(c.public_last_redacted, false),
  coalesce(c.public_last_attachments, '')`),
		"from_kind": clause(`c.public_last_from_kind`), "from_id": clause(`c.public_last_from_id`), "last_body": clause(`c.public_last_body`),
		"count": clause(`c.public_message_count`), "last_at": clause(`c.public_last_at`), "sort_at": clause(`c.public_sort_at`),
		"changed_at": clause(`c.public_updated_at`),
		"updated_at": clause(`a.public_updated_at`), "participant_visible": clause(`t.kind = {kind} and t.person = {person}`), "participant_cursor": clause(`t.cursor`),
	}
)

// overallCursor is the cursor of a thread t in the numbering over all messages:
// that of a customer user is in public numbers.
const overallCursor clause = `t.cursor + case when t.kind = 'customer_user' then coalesce((
  select max(o.internal) from inboxes.offsets o where o.organization = t.organization
  and o.conversation = t.conversation and o.public_number <= t.cursor), 0) else 0 end`

// asSeenBy returns the params of a question about conversations.
func asSeenBy(a access.Actor) params {
	audience := forUsers
	if a.IsCustomer() {
		audience = forCustomers
	}
	p := make(params, 2*len(audience)) // with room for what a question adds
	maps.Copy(p, audience)
	maps.Copy(p, about(a))
	p["record_visible"], p["person_visible"] = visibleThings(a)
	return p
}

// rowLimit returns a limit as text of the statement: without the number, a
// database must plan for any, and then sorts all where it should read a few in
// order.
func rowLimit(n int) clause { return clause(strconv.Itoa(n)) }
