package queries_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
	"parley/queries"
)

// In random trees, with random roles and conversations, whatever a question
// shows is what the one authorization function lets the actor view on the folds
// that commands decide on: in lists, by id, in activities, in the search, in
// look-ups, and of unread ones.
func TestVisibility_in_SQL_is_the_functions_in_every_directory(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		s := newShadow(t, db)
		rapid.Check(t, func(r *rapid.T) {
			w := s.found(r)
			for range 3 {
				a := w.actor()
				visible := w.visible(a)
				w.same(a, "list", visible, w.listed(queries.ConversationList{Actor: a}))
				w.same(a, "list by name", visible, w.listed(queries.ConversationList{Actor: a, Sort: queries.SortName}))
				w.same(a, "list of mine", w.mine(a, visible), w.listed(queries.ConversationList{Actor: a, Filter: queries.ConversationFilter{Mine: new(true)}}))
				w.same(a, "search for the name", visible, w.searched(a, "talk"))
				w.same(a, "search for messages", w.withMessages(visible), w.searched(a, "word"))
				w.same(a, "unread", w.unread(a, visible), w.listed(queries.ConversationList{Actor: a, Filter: queries.ConversationFilter{Unread: new(true)}}))
				w.same(a, "indicator", w.unread(a, visible), w.indicated(a))
				w.same(a, "marks of unread", w.unread(a, visible), w.marked(a))
				w.sameByID(a, visible)
				w.sameOfThings(a, visible)
			}
		})
	})
}

// actor draws one of the people as they are mirrored, or somebody in a place of
// their own, with what roles of a random table grant together.
func (w *town) actor() access.Actor {
	p := someone(w.r)
	a, err := w.directory.Actor(w.t.Context(), w.organization, p)
	if err != nil || rapid.Bool().Draw(w.r, "elsewhere") {
		a = access.Actor{
			Person: p, Organization: w.organization,
			BusinessUnit: w.one(unitIDs, "actor's unit"), Customer: w.one(customerIDs, "actor's customer"),
		}
	}
	roles := rapid.SliceOfN(rapid.SampledFrom(roleIDs), 1, 2).Draw(w.r, "actor's roles")
	a.Roles, a.Permissions = roles, w.roles().Granted(p.Kind, roles)
	return a
}

// roleIDs are roles that ship, of either kind, one of a town's own, and one that
// there is not.
var roleIDs = []string{"manager", "buyer", "customer-administrator", "own", "unknown"}

// roles draws a table in which any role may be another than the one that ships.
func (w *town) roles() access.Table {
	table := access.Table{}
	for _, id := range roleIDs[:4] {
		if level := rapid.IntRange(int(access.None), int(access.System)+1).Draw(w.r, "level of "+id); level <= int(access.System) {
			kind := rapid.SampledFrom([]domain.Kind{domain.KindUser, domain.KindCustomerUser}).Draw(w.r, "kind of "+id)
			table[id] = access.Role{Kind: kind, Permissions: access.Permissions{View: access.Level(level)}}
		}
	}
	return table
}

// state returns a conversation as commands see it, and what the actor's
// permissions on it depend on.
func (w *town) state(id uuid.UUID, a access.Actor) (state conversation.Conversation, facts access.Facts) {
	err := w.conversations.View(w.t.Context(), id, func(l commands.Loaded[conversation.Conversation]) { state = *l.State })
	if err == nil {
		facts, err = w.directory.Facts(w.t.Context(), &state, a)
	}
	if err != nil {
		w.r.Fatal(err)
	}
	return state, facts
}

// visible returns what the function lets the actor view.
func (w *town) visible(a access.Actor) []uuid.UUID {
	return w.among(a, w.talks, func(c conversation.Conversation, f access.Facts) bool { return !c.Deleted && a.MayView(f) })
}

func (w *town) mine(a access.Actor, of []uuid.UUID) []uuid.UUID {
	return w.among(a, of, func(_ conversation.Conversation, f access.Facts) bool { return f.Participant })
}

func (w *town) withMessages(of []uuid.UUID) []uuid.UUID {
	return w.among(access.Actor{}, of, func(c conversation.Conversation, _ access.Facts) bool { return c.MessageCount > 0 })
}

func (w *town) unread(a access.Actor, of []uuid.UUID) []uuid.UUID {
	return w.among(a, of, func(c conversation.Conversation, _ access.Facts) bool {
		p, takes := c.Participant(a.Person)
		return takes && p.OwnRead < c.MessageCount
	})
}

func (w *town) about(of []uuid.UUID, record domain.Record) []uuid.UUID {
	return w.among(access.Actor{}, of, func(c conversation.Conversation, _ access.Facts) bool { return c.HasContext(record) })
}

func (w *town) among(a access.Actor, of []uuid.UUID, is func(conversation.Conversation, access.Facts) bool) (found []uuid.UUID) {
	for _, id := range of {
		if is(w.state(id, a)) {
			found = append(found, id)
		}
	}
	return found
}

func (w *town) same(a access.Actor, what string, want, got []uuid.UUID) {
	order := func(ids []uuid.UUID) []uuid.UUID {
		return slices.SortedFunc(slices.Values(ids), func(x, y uuid.UUID) int { return cmp.Compare(x.String(), y.String()) })
	}
	if diff := gocmp.Diff(order(want), order(got)); diff != "" {
		w.r.Fatalf("%s of %+v (-function +SQL):\n%s", what, a, diff)
	}
}

// sameByID asks for a conversation, its messages, and who has seen the first.
func (w *town) sameByID(a access.Actor, visible []uuid.UUID) {
	id := rapid.SampledFrom(w.talks).Draw(w.r, "conversation")
	ctx, sources, sees := w.t.Context(), w.sources, slices.Contains(visible, id)
	_, one := queries.ConversationHandler{Sources: sources}.Handle(ctx, queries.Conversation{Actor: a, ID: id})
	_, messages := queries.MessagesHandler{Sources: sources}.Handle(ctx, queries.Messages{Actor: a, Conversation: id})
	_, readers := queries.ReadersHandler{Sources: sources}.Handle(ctx, queries.Readers{Actor: a, Conversation: id, Number: 1})
	for _, c := range []struct {
		what string
		sees bool
		err  error
	}{
		{"conversation", sees, one},
		{"messages", sees, messages},
		{"readers of the first message", sees && len(w.withMessages([]uuid.UUID{id})) > 0, readers},
	} {
		if c.sees != (c.err == nil) || c.err != nil && domain.CodeOf(c.err) != domain.CodeNotFound {
			w.r.Fatalf("%s by %+v: the function says %t, the SQL %v", c.what, a, c.sees, c.err)
		}
	}
}
