package markup

import "testing"

func FuzzIsPlain_never_takes_markup_for_plain_text(f *testing.F) {
	for _, body := range []string{
		"The goods left the warehouse.", "a  b", "a.b, c; d?", "Größe 12", "x1. y", "é", "see www.example.org",
		"1. one", "example.org", "a ftp b", "end ", " start", "a\u00a0b",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !isPlain(body) {
			return
		}
		if got, want := HTML(body), rendered(body); got != want {
			t.Errorf("HTML(%q) = %q, want %q", body, got, want)
		}
		if got := unmarked(body); got != body {
			t.Errorf("Plain(%q) = %q, want it as it is", body, got)
		}
	})
}

func TestIsPlain_knows_a_sentence(t *testing.T) {
	t.Parallel()
	if !isPlain("The goods left the warehouse this morning, order 1001. Is that right?") {
		t.Error("a sentence is taken for markup")
	}
	if isPlain("*really*") || isPlain("see www.example.org") || isPlain("") {
		t.Error("markup is taken for plain text")
	}
}
