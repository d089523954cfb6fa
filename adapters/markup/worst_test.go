package markup

import (
	"strings"
	"testing"
)

// worst are pieces of text that are dear to read again and again: each is the
// beginning of something that does not end, ends late, or ends at once.
var worst = map[string]string{
	"words":                   "word ",
	"open emphasis":           "*a ",
	"open strong":             "**a ",
	"open three":              "***a ",
	"open under":              "_a ",
	"emphasis":                "*a*",
	"emphasis of words":       "*a* ",
	"nested emphasis":         "*a _b **c __d ",
	"signs":                   "*1 * 2* ",
	"closing signs":           "a* b_ c** ",
	"long runs":               strings.Repeat("*", 50) + "a ",
	"invisible signs":         "*\u200b\u0301",
	"open code":               "`a ``b ```c ",
	"code":                    "`a`",
	"code of nothing":         "` ",
	"code over lines":         "`a\n> ",
	"open fences":             "```a\n",
	"fences of nothing":       "```\n",
	"fences":                  "```\na\n```\n",
	"tilde fences":            "~~~~a\n~~~\n",
	"quoted fences":           "> ```a\n> > ```\n",
	"quotes":                  "> - ",
	"one quote":               ">",
	"deep quotes":             "> > > > > > > > a\n",
	"short quotes":            ">a\nb\n",
	"comparisons":             "> 5\n",
	"empty quotes":            ">\n",
	"items":                   "- a\n",
	"items in one line":       "- 1. * ",
	"deeper items":            "- a\n  - b\n    - c\n      - d\n",
	"numbers":                 "1. a\n",
	"labels":                  "[a](",
	"images":                  "![",
	"addresses":               "http://a ",
	"addresses in one":        "http://a/",
	"addresses without hosts": "http://@",
	"parentheses":             "http://a/(((.)",
	"tails":                   "http://a/x.......",
	"ports":                   "http://a:80:",
	"long hosts":              "http://" + strings.Repeat("a.", 100) + "@",
	"foreign addresses":       "x://*a*",
	"schemes":                 strings.Repeat("http", 9) + ":",
	"hosts":                   "www.a.bc ",
	"open hosts":              "www.www.",
	"hosts of ideographs":     "见www.",
	"mail":                    "a@b.cc ",
	"mail without an end":     "a@a.",
	"long mail":               strings.Repeat("a", 64) + "@",
	"mailto":                  "mailto:a@b.cc ",
	"open mailto":             "mailto:a",
	"open names":              "@[a",
	"open mentions":           "@[a](user:",
	"odd mentions":            "@[a](user:%41%zz)",
	"mentions":                "@[a](user:b) ",
	"simple mentions":         "@user:a ",
	"other ids":               "@user:a@",
	"newlines":                "\n",
	"blank lines":             " \n",
	"lines":                   "a\n",
	"angles":                  "<",
	"ampersands":              "&",
	"quotation marks":         "\"'",
	"umlauts":                 "ä",
	"accents":                 "e\u0301\u0301",
	"ideographs":              "见",
	"ideographs and links":    "见http://a.bc/见",
	"invalid bytes":           "\xff*\xc3_\x00",
}

// sized repeats a piece of text to a size in bytes.
func sized(piece string, size int) string {
	return strings.Repeat(piece, size/len(piece)+1)[:size]
}

// TestRendering_looks_at_each_character_a_bounded_number_of_times holds what the
// package promises, whatever the machine does meanwhile.
func TestRendering_looks_at_each_character_a_bounded_number_of_times(t *testing.T) {
	t.Parallel()
	for name, piece := range worst {
		for _, size := range []int{1 << 10, 32 << 10} {
			checkWork(t, name, sized(piece, size))
		}
	}
}

// FuzzWork looks for a piece of text that is dear to read again and again.
func FuzzWork(f *testing.F) {
	for _, piece := range worst {
		f.Add("", piece, "")
		f.Add("*`@[http://a/(", piece, "`*)](user:a)")
	}
	f.Fuzz(func(t *testing.T, begin, piece, end string) {
		if piece != "" && len(begin)+len(piece)+len(end) < 4<<10 {
			checkWork(t, "fuzzed", begin+sized(piece, 32<<10)+end)
		}
	})
}

// Bounds of what a text may cost for each of its bytes.
const (
	maxLooks  = 64
	maxOutput = 24
)

func checkWork(t *testing.T, name, body string) {
	t.Helper()
	d := parse(body)
	if d.work > maxLooks*len(body)+1000 {
		t.Errorf("%s: %d bytes were looked at %d times: %.40q", name, len(body), d.work, body)
	}
	if got := len(HTML(body)); got > maxOutput*len(body)+1000 {
		t.Errorf("%s: %d bytes became %d: %.40q", name, len(body), got, body)
	}
	if len(d.edits) > 4*len(body)+10 {
		t.Errorf("%s: %d bytes have %d edits: %.40q", name, len(body), len(d.edits), body)
	}
}

func BenchmarkHTML(b *testing.B) {
	for name, piece := range worst {
		for size, label := range map[int]string{32 << 10: "32K", 256 << 10: "256K"} {
			b.Run(strings.ReplaceAll(name, " ", "_")+"/"+label, func(b *testing.B) {
				body := sized(piece, size)
				b.SetBytes(int64(size))
				for b.Loop() {
					HTML(body)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
			})
		}
	}
}
