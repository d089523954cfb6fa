package markup

import "strings"

// maxTicks bounds how many backticks begin or end code: more are a ruled line.
const maxTicks = 5

// ticks are the runs of backticks in a block. They are found when the first one
// is read.
type ticks struct {
	lines   []line
	from    int32 // where the block's text begins
	runs    []tickRun
	found   bool
	current int     // the first run that is not read
	code    tickRun // the run that ends the code that is read, if any
}

// tickRun is a run of backticks.
type tickRun struct {
	at, length int32
	partner    int // the next run of the same length, or 0: the first run is nobody's
}

// backtick reads a run of backticks. It begins code if a run of the same length
// follows in the block with something between, and no word runs into it: it`s.
func (in *inline) backtick(at int32) int32 {
	run := in.runAt(at)
	end := at + run.length
	if run.partner == 0 || isWord(before(in.passed(at))) {
		return end
	}
	closing := in.ticks.runs[run.partner]
	if isBlank(in.body[end:closing.at]) {
		return end
	}
	in.put(openCode, at, end)
	in.ticks.code = closing
	return end
}

// restOfCode passes over code to its end, or to the end of the line.
func (in *inline) restOfCode(at int32) int32 {
	closing := in.ticks.code
	switch {
	case closing.length == 0:
		return at
	case closing.at >= in.end:
		return in.end
	}
	end := closing.at + closing.length
	in.put(closeCode, closing.at, end)
	in.floor, in.ticks.code = end, tickRun{}
	return end
}

// runAt returns the run of backticks that begins at a place.
func (in *inline) runAt(at int32) tickRun {
	t := &in.ticks
	if !t.found {
		t.find(in.body)
		in.work += int(t.lines[len(t.lines)-1].end - t.from)
	}
	for t.runs[t.current].at < at {
		t.current++
	}
	return t.runs[t.current]
}

// find finds the runs of all lines and pairs them.
func (t *ticks) find(body string) {
	t.found = true
	from := t.from
	for n, l := range t.lines {
		if n > 0 {
			from = l.text
		}
		for from < l.end {
			skipped := strings.IndexByte(body[from:l.end], '`')
			if skipped < 0 {
				break
			}
			at := from + int32(skipped)
			for from = at; from < l.end && body[from] == '`'; {
				from++
			}
			t.runs = append(t.runs, tickRun{at: at, length: from - at})
		}
	}
	var next [maxTicks + 1]int
	for i := len(t.runs) - 1; i >= 0; i-- {
		if run := &t.runs[i]; run.length <= maxTicks {
			run.partner, next[run.length] = next[run.length], i
		}
	}
}
