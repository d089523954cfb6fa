package words_test

import (
	"slices"
	"strings"
	"testing"

	"parley/domain/words"
)

func TestIn_cuts_what_people_write_into_words(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "",
		" \t\n -- …!?'\"*():^{}~ ":          "",
		"Order PO-1234, please":             "order|po|1234|please",
		"Über STRASSE straße":               "über|strasse|straße",
		"e\u0301te\u0301 été":               "e\u0301te\u0301|été",
		"ΌΔΟΣ όδος":                         "όδοσ|όδοσ",
		"Kelvin \u212a, long ſ":             "kelvin|k|long|s",
		"見積書 is ready":                      "見|積|書|is|ready",
		"हिन्दी":                            "हिन्दी",
		"👩‍👩‍👧 ❤️ family":                   "family",
		"a.b@example.com 1.5 \x00 bad\xffx": "a|b|example|com|1|5|bad|x",
	} {
		var got []string
		for word, place := range words.In(text) {
			got = append(got, word)
			if place.Start < 0 || place.End > len(text) || place.Start >= place.End {
				t.Errorf("%q: %q stands at %v", text, word, place)
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q has the words %q, want %q", text, strings.Join(got, "|"), want)
		}
	}
}

func TestList_has_each_word_once_and_never_grows_without_end(t *testing.T) {
	t.Parallel()
	if got := words.List("b a B, a! c"); got != "b a c" {
		t.Errorf("the list is %q", got)
	}
	if got := words.List(strings.Repeat("x", 5000)); got != strings.Repeat("x", 64) {
		t.Errorf("a long word is kept with %d characters", len(got))
	}
	var long strings.Builder
	for i := range 1 << 18 {
		long.WriteString(" w" + string(rune('a'+i%26)) + string(rune(0x4e00+i%20000)) + string(rune('0'+i%10)))
	}
	if got := words.List(long.String()); len(got) > 256<<10 {
		t.Errorf("the list has %d bytes", len(got))
	}
}

func TestQuery_matches_texts_that_have_all_of_its_words(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{"order", "Your ORDER.", true},
		{"ord", "Your order", true},
		{"your ord", "the order is yours", false},
		{"ord your", "your order", false},
		{"a a a", "a", true},
		{"a b a", "a", false},
		{`"your order" OR 1:*`, "your order or 12", true},
		{"rder", "order", false},
		{"", "order", false},
		{"--", "order", false},
	} {
		if got := words.Parse(c.query).Matches(c.text); got != c.want {
			t.Errorf("%q in %q: %t", c.query, c.text, got)
		}
	}
}

func FuzzQuery_has_no_syntax(f *testing.F) {
	for _, seed := range []string{"", `a" OR "b`, "x*", "a'b & !c:*", "\x00 \xff", "Ⱥ ſ İ", "見積"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := words.Parse(text)
		if strings.ContainsAny(q.String(), "\x00\"'*&|!:()\\{}^~+-") {
			t.Errorf("%q became %q", text, q)
		}
		if !q.IsZero() && !q.Matches(text) {
			t.Errorf("%q does not match itself", text)
		}
		for word := range words.In(text) {
			again := slices.Collect(func(yield func(string) bool) {
				for w := range words.In(word) {
					if !yield(w) {
						return
					}
				}
			})
			if len(again) != 1 || again[0] != word {
				t.Errorf("the word %q of %q is cut into %q", word, text, again)
			}
		}
	})
}
