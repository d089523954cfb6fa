package queries

import (
	"strings"
	"testing"

	"parley/domain/words"
)

func TestHighlighted_shows_the_text_around_the_match_as_safe_HTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, search, want string }{
		{"Where is my order?", "order", "Where is my <mark>order</mark>?"},
		{"Orders, ordered & order.", "ord", "<mark>Orders</mark>, <mark>ordered</mark> &amp; <mark>order</mark>."},
		{"<script>alert('order')</script>", "alert order", "&lt;script&gt;<mark>alert</mark>(&#39;<mark>order</mark>&#39;)&lt;/script&gt;"},
		{`<mark>"x"</mark> x`, "x", "&lt;mark&gt;&#34;<mark>x</mark>&#34;&lt;/mark&gt; <mark>x</mark>"},
		{strings.Repeat("before ", 40) + "here it is", "here", "… " + strings.Repeat("before ", 8) + "<mark>here</mark> it is"},
		{"here " + strings.Repeat("afterwards ", 40), "here", "<mark>here</mark> " + strings.Repeat("afterwards ", 14) + "a …"},
		{"e\u0301te\u0301 " + strings.Repeat("👩‍👩‍👧", 3), "e\u0301t", "<mark>e\u0301te\u0301</mark> 👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧"},
		{"见积书です", "积", "见<mark>积</mark>书です"},
		{"", "x", ""},
		{"nothing of it", "x", "nothing of it"},
	} {
		if got := highlighted(c.text, words.Parse(c.search)); got != c.want {
			t.Errorf("%q in %q is shown as %s, want %s", c.search, c.text, got, c.want)
		}
	}
}

func TestHighlighted_is_short_whatever_the_text_is(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("x", 1<<20), strings.Repeat("x ", 1<<19), "x" + strings.Repeat("\u0301", 1<<19), strings.Repeat("👩‍👩‍👧", 1<<15) + " x", strings.Repeat("<", 1<<20) + "x",
	} {
		if got := highlighted(text, words.Parse("x")); len(got) > 16<<10 {
			t.Errorf("%.20q is shown by %d bytes", text, len(got))
		}
	}
}

func TestFirstCharacters_are_so_many_and_never_more_than_so_many_bytes(t *testing.T) {
	t.Parallel()
	stacked := "x" + strings.Repeat("\u0301", 20) // one character of 41 bytes
	for _, c := range []struct {
		text              string
		characters, bytes int
		want              string
	}{
		{"abcdef", 3, 10, "abc"},
		{"abcdef", 10, 3, "abc"},
		{"äöü", 2, 10, "äö"},
		{"äöü", 3, 5, "ä"},
		{"ä", 3, 5, "ä"},
		{"👩‍👩‍👧👩‍👩‍👧", 2, 40, "👩‍👩‍👧👩‍👩‍👧"},
		{"👩‍👩‍👧👩‍👩‍👧", 2, 30, "👩‍👩‍👧"},
		{stacked + "y", 2, 100, stacked + "y"},
		{"y" + stacked, 2, 20, "y"},
		{stacked, 2, 20, stacked[:19]},
		{"", 2, 20, ""},
	} {
		if got := firstCharacters(c.text, c.characters, c.bytes); got != c.want {
			t.Errorf("the first %d characters of %q within %d bytes are %q, want %q", c.characters, c.text, c.bytes, got, c.want)
		}
	}
}

func TestSnippet_is_short_whatever_the_message_is(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"x" + strings.Repeat("\u0301", 1<<17), strings.Repeat("x"+strings.Repeat("\u0301", 1<<10), 60), strings.Repeat("a", 1<<20)} {
		if got := (Sources{}).snippet(body); len(got) > snippetBytes || got == "" {
			t.Errorf("%.20q has a snippet of %d bytes", body, len(got))
		}
	}
}
