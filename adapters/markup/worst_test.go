package markup

import (
	"strings"
	"testing"

	"parley/adapters/markup/markuptest"
)

// TestRendering_looks_at_each_character_a_bounded_number_of_times holds what the
// package promises, whatever the machine does meanwhile.
func TestRendering_looks_at_each_character_a_bounded_number_of_times(t *testing.T) {
	t.Parallel()
	for name, piece := range markuptest.Worst {
		for _, size := range []int{1 << 10, 32 << 10} {
			checkWork(t, name, markuptest.Sized(piece, size))
		}
	}
}

// FuzzWork looks for a piece of text that is dear to read again and again.
func FuzzWork(f *testing.F) {
	for _, piece := range markuptest.Worst {
		f.Add("", piece, "")
		f.Add("*`@[http://a/(", piece, "`*)](user:a)")
	}
	f.Fuzz(func(t *testing.T, begin, piece, end string) {
		if piece != "" && len(begin)+len(piece)+len(end) < 4<<10 {
			checkWork(t, "fuzzed", begin+markuptest.Sized(piece, 32<<10)+end)
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
	for name, piece := range markuptest.Worst {
		for size, label := range map[int]string{32 << 10: "32K", 256 << 10: "256K"} {
			b.Run(strings.ReplaceAll(name, " ", "_")+"/"+label, func(b *testing.B) {
				body := markuptest.Sized(piece, size)
				b.SetBytes(int64(size))
				for b.Loop() {
					HTML(body)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
			})
		}
	}
}
