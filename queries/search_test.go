package queries_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/words"
	"parley/queries"
)

// searches are texts that people look for in the words of a world; those of
// nowhere are in none of its texts.
var (
	searches = []string{"word", "WO", "1", "word 2", "12", "über", "ÜBER 100", "a b", "new", "zebra", "lat", "👩 word 👩", "word word word"}
	nowhere  = []string{"word or 1", "nothing of it", `"word" AND NOT 1*`, "über word", "ord"}
)

func searching(f *fixture) {
	found := map[string]int{}
	for _, a := range f.actors() {
		for _, text := range slices.Concat(searches, nowhere) {
			want := f.matching(a, text)
			found[text] += len(want)
			for _, limit := range []int{3, 200} {
				if diff := gocmp.Diff(want, f.search(queries.Search{Actor: a, Text: text, Limit: limit})); diff != "" {
					f.Errorf("%s viewing %s looks for %q by %d (-want +got):\n%s", a.Person, a.View, text, limit, diff)
				}
			}
		}
	}
	for text, n := range found {
		if (n == 0) != slices.Contains(nowhere, text) {
			f.Errorf("the world has %d hits for %q", n, text)
		}
	}
}

// foundHit is a hit as the world says it.
type foundHit struct {
	Conversation, Name string
	Number, Matches    int
	From               string
	At                 time.Time
}

// matching returns the hits of the conversations that the actor may view.
func (f *fixture) matching(a access.Actor, text string) []foundHit {
	wanted, hits := words.Parse(text), []foundHit{}
	for _, t := range f.visible(a) {
		hit := foundHit{Conversation: t.ID.String(), Name: t.State.Name, At: t.Named}
		if wanted.Matches(t.State.Name) {
			hit.Matches++
		}
		for _, m := range t.Messages {
			if !wanted.Matches(m.Body) || a.IsCustomer() && m.Internal {
				continue
			}
			hit.Matches++
			hit.Number, hit.From, hit.At = shownNumber(m.Number, m.PublicNumber, a), f.name(m.From), m.At
		}
		if hit.Matches > 0 {
			hits = append(hits, hit)
		}
	}
	slices.SortFunc(hits, func(x, y foundHit) int {
		return -cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Conversation, y.Conversation))
	})
	return hits
}

func shownNumber(number, public int, a access.Actor) int {
	if a.IsCustomer() {
		return public
	}
	return number
}

// search reads all pages of a search.
func (f *fixture) search(q queries.Search) []foundHit {
	f.Helper()
	hits := []foundHit{}
	for {
		page, err := queries.SearchHandler{Sources: f.sources}.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		for _, h := range page.Items {
			hit := foundHit{Conversation: h.Conversation.String(), Name: h.Name, Matches: h.Matches, At: h.At}
			if h.Number != nil {
				hit.Number, hit.From = *h.Number, h.From.Name
			}
			if (h.Number == nil) != (h.From == nil) || !strings.Contains(h.Snippet, "<mark>") {
				f.Errorf("%q is found as %+v", q.Text, h)
			}
			hits = append(hits, hit)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return hits
		}
	}
}

func TestSearch_refuses_what_has_no_word_and_what_is_too_long(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	handler, a := queries.SearchHandler{Sources: f.sources}, f.actor(domain.User("p1"), access.System)
	for text, want := range map[string]domain.Code{
		"": domain.CodeInvalid, " \t": domain.CodeInvalid, `"*' & :() -`: domain.CodeInvalid, "👩‍👩‍👧": domain.CodeInvalid,
		strings.Repeat("a", 1025): domain.CodeInvalid, strings.Repeat("a ", 512): "", strings.Repeat("é", 512): "",
		"\x00word\x00": "", "word\xff": "", "%' or 1=1 --": "", `word" OR "x`: "", "word*": "", "NEAR(word, 1)": "", "words : word": "", "\\' word": "",
	} {
		if _, err := handler.Handle(t.Context(), queries.Search{Actor: a, Text: text}); err == nil && want != "" || err != nil && domain.CodeOf(err) != want {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
	first, err := handler.Handle(t.Context(), queries.Search{Actor: a, Text: "w", Limit: 1})
	if err != nil || first.NextCursor == "" {
		t.Fatalf("first page: %v, next %q", err, first.NextCursor)
	}
	for _, q := range []queries.Search{
		{Actor: a, Text: "w", Cursor: "%"},
		{Actor: a, Text: "wo", Cursor: first.NextCursor},
		{Actor: a, Cursor: first.NextCursor},
	} {
		if _, err := handler.Handle(t.Context(), q); domain.CodeOf(err) != domain.CodeMalformed {
			t.Errorf("cursor of another search: got %v, want %s", err, domain.CodeMalformed)
		}
	}
}
