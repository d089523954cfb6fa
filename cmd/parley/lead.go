package main

import "context"

// whileLeading runs something, as a due-loop, whenever this instance is the one
// that leads under the name, until ctx ends: what runs is told by its context
// when leadership is lost, and runs again when it is won anew. It may for a
// moment run on two instances.
func (a *app) whileLeading(ctx context.Context, name string, run func(led context.Context)) {
	for {
		lease, err := a.stack.db.Lead(ctx, name)
		if err != nil {
			return // ctx or the database has ended
		}
		led, cancel := context.WithCancel(ctx)
		go func() {
			select {
			case <-lease.Lost():
				cancel()
			case <-led.Done():
			}
		}()
		run(led)
		cancel()
		lease.Release()
	}
}
