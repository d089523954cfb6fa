package domain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"parley/domain"
)

func TestCheckText_accepts_text_and_nothing_else(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"": true, "héllo\n\tworld 👋": true, "\u00a0": true,
		"a\x00": false, "\x1b[31m": false, "a\rb": false, "\x7f": false, "\u0085": false, "\xff": false, "\xed\xa0\x80": false,
	} {
		if got := domain.CheckText(text) == ""; got != ok {
			t.Errorf("%q accepted: %t, want %t", text, got, ok)
		}
	}
	if domain.CheckLine("a\nb") == "" || domain.CheckLine("a\tb") != "" {
		t.Error("a line is text without a newline")
	}
}

func TestNormalizeText_leaves_one_kind_of_line_end(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a\r\n]{0,8}`).Draw(t, "text")
		got := domain.NormalizeText(text)
		if strings.Contains(got, "\r\n") && !strings.Contains(text, "\r\r\n") {
			t.Fatalf("%q became %q", text, got)
		}
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Fatalf("%q lost a line: %q", text, got)
		}
	})
}

func TestCheckID_takes_opaque_ids_of_at_most_128_bytes(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		"1": true, "a/b c:é": true, strings.Repeat("x", 128): true,
		"": false, strings.Repeat("x", 129): false, "a\nb": false, "a\tb": false, "a\x00": false,
	} {
		if got := domain.CheckID(id) == ""; got != ok {
			t.Errorf("%q accepted: %t, want %t", id, got, ok)
		}
	}
}

func TestDeriveID_is_stable_and_tells_parts_apart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[ab]{0,2}`), 1, 3)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		if same := cmp.Equal(a, b); (domain.DeriveID(a...) == domain.DeriveID(b...)) != same {
			t.Fatalf("ids of %q and %q", a, b)
		}
	})
}

func TestDeriveID_never_changes(t *testing.T) {
	t.Parallel()
	if got, want := domain.DeriveID("acme", "user", "1").String(), "bb8e8a1c-f9a1-5d0a-9388-6fe260525067"; got != want {
		t.Errorf("id %s, want %s: every stream would be lost", got, want)
	}
}

func TestDeriveID_is_the_UUIDv5_of_the_RFC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		outer, inner := rapid.StringN(0, 300, -1).Draw(t, "outer"), rapid.StringN(0, 300, -1).Draw(t, "inner")
		if got, want := domain.DeriveID(outer, inner), uuid.NewSHA1(domain.DeriveID(outer), []byte(inner)); got != want {
			t.Fatalf("id %s of %q and %q, want %s", got, outer, inner, want)
		}
	})
}

type happened struct{ N int }

func (happened) EventType() string { return "thing.happened.v2" }

type happenedOnce struct{ Count string }

func (happenedOnce) EventType() string { return "thing.happened.v1" }

func TestRegistry_reads_old_events_as_new_ones(t *testing.T) {
	t.Parallel()
	r, err := domain.NewRegistry([]domain.Type{
		domain.Of[happened](), domain.Upcast(func(old happenedOnce) domain.Event { return happened{len(old.Count)} }),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"thing.happened.v2": `{"N":3}`, "thing.happened.v1": `{"Count":"iii"}`} {
		e, err := r.Decode(name, []byte(data))
		if becomes, known := r.Becomes(name); err != nil || e != (happened{3}) || becomes != "thing.happened.v2" || !known {
			t.Errorf("%s reads as %v (error %v) and becomes %s", name, e, err, becomes)
		}
	}
	if _, err := r.Decode("thing.happened.v3", nil); !errors.Is(err, domain.ErrUnknownType) {
		t.Errorf("an unknown type: %v", err)
	}
	if _, err := r.Decode("thing.happened.v2", []byte(`{`)); err == nil || errors.Is(err, domain.ErrUnknownType) {
		t.Errorf("broken data: %v", err)
	}
}

func TestRegistry_refuses_a_name_that_stands_twice(t *testing.T) {
	t.Parallel()
	manifest := []domain.Type{domain.Of[happened]()}
	if _, err := domain.NewRegistry(manifest, manifest); err == nil {
		t.Error("accepted")
	}
}

func TestError_keeps_code_and_cause_through_wrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	err := fmt.Errorf("append: %w", domain.Unavailable("Try again.", time.Second, cause))
	if domain.CodeOf(err) != domain.CodeUnavailable || !errors.Is(err, cause) {
		t.Errorf("code %q of %v", domain.CodeOf(err), err)
	}
	if domain.CodeOf(cause) != domain.CodeInternal || domain.CodeOf(nil) != "" || domain.Invalid() != nil {
		t.Error("other errors are internal, no error has no code, no field error is no error")
	}
}

func TestProblems_say_of_a_place_what_was_said_first(t *testing.T) {
	t.Parallel()
	var p domain.Problems
	if p.Err() != nil {
		t.Error("no problem is no error")
	}
	p.At("/a", "")
	p.At("/a", "first")
	p.Merge([]domain.FieldError{{Pointer: "/a", Detail: "second"}, {Parameter: "/a", Detail: "other"}, {Pointer: "/b", Detail: "third"}})
	want := domain.Problems{{Pointer: "/a", Detail: "first"}, {Parameter: "/a", Detail: "other"}, {Pointer: "/b", Detail: "third"}}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestRecord_stands_for_a_person_only_by_their_types(t *testing.T) {
	t.Parallel()
	for _, p := range []domain.Person{domain.User("1"), domain.CustomerUser("1")} {
		if back, is := domain.PersonRecord(p).AsPerson(); !is || back != p {
			t.Errorf("%v comes back as %v", p, back)
		}
	}
	for _, typ := range []string{"order", "system", ""} {
		if _, is := (domain.Record{Type: typ, ID: "1"}).AsPerson(); is {
			t.Errorf("a record of type %q is a person", typ)
		}
	}
}
