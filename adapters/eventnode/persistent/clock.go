package persistent

import "time"

// Clock tells the time, and when it has come.
type Clock interface {
	Now() time.Time
	// After returns a channel that receives once the time has come, and a
	// function that gives up waiting.
	After(d time.Duration) (<-chan time.Time, func())
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
