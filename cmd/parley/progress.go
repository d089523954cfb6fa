package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far something has come, on a terminal only: one line that
// is written over.
type progress struct {
	out   io.Writer // nil off a terminal
	title string
	shown time.Time
	wrote bool
}

const (
	barWidth     = 30
	progressBeat = 100 * time.Millisecond
)

func newProgress(out io.Writer, title string) *progress {
	p := &progress{title: title}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = f
		}
	}
	return p
}

// at shows done of total, not more often than anybody could read. A total of 0
// is unknown.
func (p *progress) at(done, total int64) {
	if p.out == nil || time.Since(p.shown) < progressBeat && done != total {
		return
	}
	p.shown, p.wrote = time.Now(), true
	if total <= 0 {
		fmt.Fprintf(p.out, "\r%s %d", p.title, done)
		return
	}
	filled := int(min(done, total) * barWidth / total)
	fmt.Fprintf(p.out, "\r%s [%s%s] %3d%%", p.title, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), min(done, total)*100/total)
}

// end leaves the line.
func (p *progress) end() {
	if p.wrote {
		fmt.Fprintln(p.out)
	}
}
