package projections

import (
	"errors"
	"slices"
	"sync"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Board knows how far each projection has come: at once where this process
// leads, by asking the database while somebody waits where it does not. It is
// safe for concurrent use.
type Board struct {
	log eventlog.Log
	db  sqldb.DB

	mu      sync.Mutex
	era     int // how often the log was replaced
	order   []string
	entries map[string]*entry
	hooks   []func(name string, position eventlog.Position)
	heard   heard
	ended   *eventlog.Position // the log's end when it was first looked for
}

// entry is one projection's line on the board.
type entry struct {
	position eventlog.Position
	passed   eventlog.Position // no event is between it and the position
	leading  bool
	taking   bool          // a term begins
	ofLog    bool          // the rows were compared with the log, and are of it
	begun    bool          // and are led here, or elsewhere by somebody who can go on
	caughtUp bool          // since then they were seen at the log's end once
	unready  string        // why they have not begun
	fault    error         // ended the last term, or the one before if this one got no further
	lasting  bool          // the fault is over only when the position moves
	trouble  error         // is being waited for
	troubled time.Time     // since when
	moved    chan struct{} // closed when the position or the leading changes
	urgent   urgency
	asked    time.Time // when the database was last asked
	looked   time.Time // when rows that are led elsewhere were last compared
	behind   glance
}

// NewBoard returns an empty board over a log and a database.
func NewBoard(log eventlog.Log, db sqldb.DB) *Board {
	b := &Board{log: log, db: db, entries: map[string]*entry{}}
	log.OnReplaced(b.forget)
	return b
}

// OnAdvance registers a function that is called after every commit that moves a
// projection led here, in the order of the log for each projection. It must
// return at once. Register before the first term begins.
func (b *Board) OnAdvance(hook func(name string, position eventlog.Position)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hooks = append(b.hooks, hook)
}

// Hear tells the board what a follower of the whole log has received, in its
// order, so that the state of a projection that is nearly at the end costs no read
// of the log. It returns at once.
func (b *Board) Hear(batch eventlog.Batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard.hear(batch)
}

// forget drops all that was known of a log that was replaced by another one. Who
// waits for a place in it is told so.
func (b *Board) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.era++
	b.heard, b.ended = heard{}, nil
	for _, e := range b.entries {
		e.unbegin("the event log was replaced by another one")
		e.looked, e.behind = time.Time{}, glance{}
		e.move(eventlog.Start)
	}
}

// unbegin notes that the rows must be compared or made anew, and why. The board's
// lock is held.
func (e *entry) unbegin(reason string) {
	e.ofLog, e.begun, e.caughtUp, e.unready = false, false, false, reason
}

// move sets the position and wakes who waits. The board's lock is held.
func (e *entry) move(position eventlog.Position) {
	if position < e.position {
		e.passed = eventlog.Start
	}
	e.position = position
	close(e.moved)
	e.moved = make(chan struct{})
}

// add puts a projection on the board.
func (b *Board) add(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, twice := b.entries[name]; twice {
		return
	}
	b.entries[name] = &entry{moved: make(chan struct{}), urgent: newUrgency(), unready: "it is yet to be compared with the event log"}
	b.order = append(b.order, name)
	slices.Sort(b.order)
}

// take notes that a term is about to begin, and returns the era of the log that it
// is about.
func (b *Board) take(name string) (era int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries[name].taking = true
	return b.era
}

// anew notes that the rows have to be made anew before a term can begin.
func (b *Board) anew(name, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries[name].unbegin("it is made anew: " + reason)
}

// lead notes that a term began, unless the log was replaced meanwhile.
func (b *Board) lead(name string, position eventlog.Position, era int) error {
	b.mu.Lock()
	if b.era != era {
		b.mu.Unlock()
		return eventlog.ErrLogChanged
	}
	e := b.entries[name]
	e.leading, e.taking, e.ofLog, e.begun, e.unready, e.trouble = true, false, true, true, "", nil
	if !e.lasting {
		e.fault = nil
	}
	e.move(position)
	b.mu.Unlock()
	b.tell(name, position)
	return nil
}

// advance notes a commit, and whether nothing more was waiting then.
func (b *Board) advance(name string, position eventlog.Position, live bool, era int) {
	b.mu.Lock()
	e := b.entries[name]
	if b.era != era {
		b.mu.Unlock()
		return
	}
	e.caughtUp = e.caughtUp || live
	if position <= e.position {
		b.mu.Unlock()
		return
	}
	e.fault, e.lasting = nil, false
	e.move(position)
	e.urgent.remind(position)
	b.mu.Unlock()
	b.tell(name, position)
}

// now returns the era of the log.
func (b *Board) now() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.era
}

// current reports whether the log is still the one of an era.
func (b *Board) current(era int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.era == era
}

func (b *Board) tell(name string, position eventlog.Position) {
	b.mu.Lock()
	hooks := b.hooks
	b.mu.Unlock()
	for _, hook := range hooks {
		hook(name, position)
	}
}

// follow notes that a term ended, and because of which fault; nil keeps the one
// that was. A lasting fault is shown until the position moves, so that trying
// again does not hide it for a moment.
func (b *Board) follow(name string, fault error, lasting bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	e.leading, e.taking, e.trouble = false, false, nil
	if fault != nil {
		e.fault, e.lasting = fault, lasting
	}
	changed := errors.Is(fault, eventlog.ErrLogChanged) || errors.Is(fault, eventlog.ErrNoSuchPosition)
	if changed && e.begun {
		e.unbegin("it is to be compared with the event log again")
	}
	e.move(e.position)
}

// retrying notes what a projector waits for, or that it no longer does, and
// reports whether that is news.
func (b *Board) retrying(name string, err error) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	if news = (e.trouble == nil) != (err == nil); news {
		e.troubled = time.Now()
	}
	e.trouble = err
	return news
}
