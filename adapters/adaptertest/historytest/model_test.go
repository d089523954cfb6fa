package historytest

import (
	"testing"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// made is a history of calls that do not overlap, except that unknown ones never
// end. The last read is that of the end.
func made(calls ...func(h *history)) *history {
	h := newHistory()
	for _, call := range calls {
		call(h)
	}
	for _, call := range h.calls {
		if !call.Input.(input).append {
			h.finals = []string{call.Output.(output).ids}
		}
	}
	return h
}

func appended(expected eventlog.Revision, id uuid.UUID, out output) func(*history) {
	return func(h *history) { h.begin(0, input{append: true, expected: expected, id: id})(out) }
}

func seen(ids ...uuid.UUID) func(*history) {
	out := output{}
	for _, id := range ids {
		out.ids += string(id[:])
	}
	return func(h *history) { h.begin(1, input{})(out) }
}

func at(revision eventlog.Revision, position eventlog.Position) output {
	return output{outcome: accepted, revision: revision, position: position}
}

func TestCheck_accepts_what_one_log_does(t *testing.T) {
	t.Parallel()
	a, b, c := uuid.New(), uuid.New(), uuid.New()
	lost, refused := output{outcome: unknown}, output{outcome: conflict}
	for name, h := range map[string]*history{
		"appends and reads":       made(seen(), appended(-1, a, at(0, 1)), seen(a), appended(0, b, at(1, 2)), seen(a, b)),
		"a conflict":              made(appended(-1, a, at(0, 1)), appended(-1, b, refused), seen(a)),
		"a revision ahead":        made(appended(3, a, refused), seen()),
		"a repetition":            made(appended(-1, a, at(0, 1)), appended(0, b, at(1, 2)), appended(-1, a, at(0, 1)), seen(a, b)),
		"an append that was lost": made(appended(-1, a, lost), seen(), appended(-1, b, at(0, 1)), seen(b)),
		"one that was carried out without an answer": made(appended(-1, a, lost), seen(a), appended(0, b, at(1, 2)), seen(a, b)),
		"one that was carried out late":              made(appended(-1, a, lost), seen(), seen(a)),
		"one that was sent again":                    made(appended(-1, a, lost), appended(-1, a, at(0, 1)), appended(-1, a, lost), appended(0, c, at(1, 2)), seen(a, c)),
	} {
		if err := h.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheck_finds_what_no_log_may_do(t *testing.T) {
	t.Parallel()
	a, b := uuid.New(), uuid.New()
	lost, refused := output{outcome: unknown}, output{outcome: conflict}
	for name, h := range map[string]*history{
		"a lost append":                 made(appended(-1, a, at(0, 1)), seen()),
		"a lost tail":                   made(appended(-1, a, at(0, 1)), seen(a), appended(-1, b, at(0, 1))),
		"an event that nobody sent":     made(seen(a)),
		"a doubled append":              made(appended(-1, a, at(0, 1)), seen(a, a)),
		"a stale read":                  made(appended(-1, a, at(0, 1)), appended(0, b, at(1, 2)), seen(a)),
		"a read of what comes and goes": made(appended(-1, a, lost), seen(a), seen()),
		"a revision that did not hold":  made(appended(-1, a, at(0, 1)), appended(-1, b, at(1, 2))),
		"a repetition refused":          made(appended(-1, a, at(0, 1)), appended(-1, a, refused)),
		"a repetition moved":            made(appended(-1, a, at(0, 1)), appended(-1, a, at(1, 2))),
		"a conflict without a cause":    made(appended(-1, a, refused)),
		"positions against time":        made(appended(-1, a, at(0, 9)), appended(0, b, at(1, 5))),
	} {
		if h.check() == nil {
			t.Errorf("%s was not found", name)
		}
	}
}
