package live

import "parley/domain/eventlog"

// about is which kind of screen should ask again, and for what.
type about struct {
	kind string // conversation, inbox, list or record
	id   string // of the conversation or record; empty: all of them
	typ  string // of a record
}

// screen is one frame.
type screen struct {
	about
	position eventlog.Position
}

// screens collects frames in log order; of those about the same only the last
// is kept.
type screens struct {
	frames []screen
	latest map[about]int // index into frames
	reset  bool          // everything is to be asked for again, whatever the frames
}

func (s *screens) add(kind, id, typ string, at eventlog.Position) {
	if s.latest == nil {
		s.latest = map[about]int{}
	}
	what := about{kind, id, typ}
	s.latest[what] = len(s.frames)
	s.frames = append(s.frames, screen{what, at})
}

// kept returns the frames to send.
func (s *screens) kept() []screen {
	var kept []screen
	for i, f := range s.frames {
		if s.latest[f.about] == i {
			kept = append(kept, f)
		}
	}
	return kept
}
