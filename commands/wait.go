package commands

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// Limits of waiting for a position, and of waiting before the log is asked about it
// for the first time.
const (
	waitTimeout = 5 * time.Second
	firstAsk    = 25 * time.Millisecond
)

// Head returns how far the follower has come: a position that the log handed out,
// or Start before it has begun. Everything of ours up to there was met.
func (f *Follower) Head() eventlog.Position {
	_, _, head := f.Known()
	return head
}

// Known returns what the follower knows of the log, at one moment: every event of
// ours behind from and up to head was heard; last is the position of the last of
// them, or from while there was none. So behind last and up to head there is
// nothing of ours. All are Start until it has begun, and again once another log is
// in the place of this one, before a call of that is answered.
func (f *Follower) Known() (from, last, head eventlog.Position) {
	from, last, head, _ = f.place.known()
	return from, last, head
}

// Wait waits until everything of ours up to the position was met, at most 5 s; then
// the error has [domain.CodeUnavailable]. Behind the last event of ours the place of
// a follower may stand still whatever others write, so then the log is asked.
func (f *Follower) Wait(ctx context.Context, position eventlog.Position) error {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	for pause := firstAsk; ; pause *= 2 {
		passed, err := f.place.wait(ctx, position, pause)
		if err != nil {
			return fault("wait for the position", err)
		}
		if passed {
			return nil
		}
		f.ask(ctx, position)
	}
}

// ask asks the log whether there is anything of ours up to the position that is yet
// to be met. Without an answer that stays open.
func (f *Follower) ask(ctx context.Context, position eventlog.Position) {
	if f.asking.enter(ctx) != nil {
		return
	}
	defer f.asking.leave()
	if f.eras.enter() != nil {
		return
	}
	defer f.eras.leave()
	_, _, head, begun := f.place.known()
	if passed, _ := f.place.passed(position); passed || !begun {
		return
	}
	if passed, err := eventlog.Passed(ctx, eraLog{f.log, f.eras}, head, position, domain.StreamPrefix); err == nil && passed {
		f.place.learn(position)
	}
}
