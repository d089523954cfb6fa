package queries

import (
	"context"
	_ "embed"
	"strconv"
	"strings"

	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

var (
	//go:embed list_from_conversations.sql
	fromConversations clause
	//go:embed list_from_orders.sql
	fromOrders clause
	//go:embed list_from_threads.sql
	fromThreads clause
)

// ConversationList asks for the conversations that the actor may view, filtered
// and sorted, one page at a time.
type ConversationList struct {
	Actor       access.Actor
	Filter      ConversationFilter
	Sort        Sort // empty: by last message, newest first
	Limit       int  // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// ConversationListHandler answers [ConversationList].
type ConversationListHandler struct{ Sources }

// Handle returns the page. Errors: domain.CodeMalformed for a cursor that is not
// one of this list, domain.CodeInvalid for an unknown sort,
// domain.CodeUnavailable.
func (h ConversationListHandler) Handle(ctx context.Context, q ConversationList) (ConversationListResult, error) {
	if q.Sort == "" {
		q.Sort = "-" + SortLastMessage
	}
	if !q.Sort.Valid() {
		return ConversationListResult{}, unknownSort()
	}
	p, err := q.params()
	if err != nil {
		return ConversationListResult{}, err
	}
	if err := h.wait(ctx, q.MinPosition, conversations, orders, inboxes, directory); err != nil {
		return ConversationListResult{}, err
	}
	return h.readPage(ctx, q.Actor, p, pageLimit(q.Limit, defaultLimit), q.list())
}

// list identifies the list that the query is a page of.
func (q ConversationList) list() []byte { return sumOf("conversations", q.Sort, q.Filter) }

// params returns what the SQL of the page needs.
func (q ConversationList) params() (params, error) {
	p := asSeenBy(q.Actor)
	order, reversed := q.Sort.parts()
	key := sortKeys[order]
	p["sort_key"] = key.expression
	p["direction"], p["later"] = direction(reversed)
	p["limit"] = rowLimit(pageLimit(q.Limit, defaultLimit) + 1)
	after, err := parseCursor(q.Cursor, q.list(), 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if err := key.after(p, after); err != nil {
			return nil, err
		}
	}
	if order == SortLastMessage && (isTrue(q.Filter.Mine) || isTrue(q.Filter.Unread)) {
		p["page"] = q.pageOfThreads(p, after != nil)
	} else {
		p["page"] = q.pageOfConversations(p, key, after != nil)
	}
	return p, nil
}

// pageOfConversations finds the page among all conversations: in the order of
// the key's index, or, where few are wanted, by finding and sorting those.
func (q ConversationList) pageOfConversations(p params, key sortKey, continued bool) clause {
	where := append(q.Filter.conditions(p), visibleAmong(q.Actor))
	p["listed"], p["sort_id"] = inOrder, clause(`c.conversation`)
	switch {
	case q.wantsFew():
		p["listed"], p["sort_key"] = fewFirst, key.unindexed()
	case key.ofOrders:
		p["sort_id"] = clause(`o.conversation`)
	}
	p["thread_join"] = clause(``)
	if q.Filter.Mine != nil || q.Filter.Unread != nil {
		p["thread_join"] = threadJoin
	}
	if isTrue(q.Filter.Mine) || isTrue(q.Filter.Unread) {
		where = append(where, withThread)
	}
	where = append(where, asked(q.Filter.Mine, `coalesce(i.participant or i.starter, false)`)...)
	where = append(where, asked(q.Filter.Unread, `coalesce(i.unread, false)`)...)
	if len(q.Filter.Status) > 0 {
		p["statuses"] = padded(texts(q.Filter.Status))
		where = append(where, `c.status in ({statuses})`)
	}
	if continued {
		where = append(where, `({sort_key}, {sort_id}) {later} ({after_key}, {after_id})`)
	}
	p["where"] = all(where)
	if key.ofOrders {
		return fromOrders
	}
	return fromConversations
}

// wantsFew reports whether the list has few of all conversations.
func (q ConversationList) wantsFew() bool {
	f := q.Filter
	return !seesAll(q.Actor) || isTrue(f.Mine) || isTrue(f.Unread) || len(f.Owner)+len(f.Customer)+len(f.CustomerUser) > 0
}

// A cross join keeps its order in SQLite.
const (
	inOrder  clause = `orders.conversations o cross join conversations.conversations c`
	fewFirst clause = `conversations.conversations c cross join orders.conversations o`
)

// withThread finds the conversations that can be the actor's or unread.
const withThread clause = `c.conversation in (select w.conversation from inboxes.threads w
  where w.organization = {organization} and w.kind = {kind} and w.person = {person})`

const threadJoin clause = `
left join inboxes.threads i on i.organization = c.organization and i.conversation = c.conversation
  and i.kind = {kind} and i.person = {person}`

// pageOfThreads finds the page among the person's own threads, which are stored
// in the order of their last message: unread ones apart, the others by status.
func (q ConversationList) pageOfThreads(p params, continued bool) clause {
	where := q.Filter.conditions(p)
	if !isTrue(q.Filter.Unread) && !seesAll(q.Actor) {
		where = append(where, visibleRow(q.Actor))
	}
	p["conversation_join"] = clause(``)
	if len(where) > 0 {
		p["conversation_join"] = conversationJoin
	}
	where = append(where, asked(q.Filter.Mine, `(i.participant or i.starter)`)...)
	where = append(where, asked(q.Filter.Unread, `i.unread`)...)
	if continued {
		where = append(where, `(i.sort_at, i.conversation) {later} ({after_key}, {after_id})`)
	}
	p["where"] = all(where)
	if !isTrue(q.Filter.Unread) {
		return p.shelves(q.Filter.Status)
	}
	p["shelf"] = clause(`true`)
	if len(q.Filter.Status) > 0 {
		p["statuses"], p["shelf"] = padded(texts(q.Filter.Status)), clause(`i.status in ({statuses})`)
	}
	return fromThreads
}

const conversationJoin clause = `
join conversations.conversations c on c.organization = i.organization and c.conversation = i.conversation`

// shelves puts together the pages of each status.
func (p params) shelves(wanted []conversation.Status) clause {
	if len(wanted) == 0 {
		wanted = []conversation.Status{conversation.Active, conversation.IsClosed}
	}
	var pages []string
	for i, s := range wanted {
		n := strconv.Itoa(i)
		p["status"+n] = string(s)
		page := strings.Replace(string(fromThreads), "{shelf}", "i.status = {status"+n+"}", 1)
		pages = append(pages, "select * from ("+page+") as s"+n)
	}
	if len(pages) == 1 {
		return clause(pages[0])
	}
	return clause("select organization, conversation, sort_key from (" + strings.Join(pages, "\nunion all\n") +
		") as s order by sort_key {direction}, conversation {direction} limit {limit}")
}

// asked returns the condition, or its opposite, when it is asked for.
func asked(wanted *bool, condition clause) []clause {
	switch {
	case wanted == nil:
		return nil
	case *wanted:
		return []clause{condition}
	default:
		return []clause{"not " + condition}
	}
}

func all(conditions []clause) clause {
	if len(conditions) == 0 {
		return `true`
	}
	return clause(strings.Join(texts(conditions), "\n  and "))
}

func isTrue(b *bool) bool { return b != nil && *b }
