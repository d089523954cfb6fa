package persistent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// retryRead is how long a group waits before it reads again after the store
// could not be read.
const retryRead = 200 * time.Millisecond

// group is a running group: the goroutine that owns its machine, and another
// one that reads the source when it is asked to.
type group struct {
	records
	entry  *entry
	clock  Clock
	logger *slog.Logger
	feed   feed

	inbox chan func(*machine)
	wants chan int // how much is to be read; has room for one
	pages chan fed
	life  context.Context // ends when the group is to stop
	end   context.CancelCauseFunc
	done  sync.WaitGroup
}

// fed is a page of the source, or why there is none.
type fed struct {
	page page
	err  error
}

// run starts the group.
func (g *group) run(from start) error {
	m, err := newMachine(g.entry.Settings, from, g.clock.Now())
	if err != nil {
		return err
	}
	g.inbox, g.wants, g.pages = make(chan func(*machine)), make(chan int, 1), make(chan fed)
	g.life, g.end = context.WithCancelCause(context.Background())
	g.done.Go(g.read)
	g.done.Go(func() { g.own(m) })
	return nil
}

// stop ends the group: what is handled and not yet written is written, unless
// the group is deleted, and consumers are dropped with the reason.
func (g *group) stop(reason error) {
	g.end(reason)
	g.done.Wait()
}

// tell has the owner change the machine. It returns once it is on its way.
func (g *group) tell(ctx context.Context, change func(*machine)) error {
	select {
	case g.inbox <- change:
		return nil
	case <-g.life.Done():
		return outward(context.Cause(g.life))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do has the owner change the machine and waits until it has.
func (g *group) do(ctx context.Context, change func(*machine)) error {
	done := make(chan struct{})
	if err := g.tell(ctx, func(m *machine) { defer close(done); change(m) }); err != nil {
		return err
	}
	<-done
	return nil
}

// own is the goroutine that owns the machine.
func (g *group) own(m *machine) {
	for {
		g.carryOut(m)
		due, giveUp := g.alarm(m)
		select {
		case change := <-g.inbox:
			change(m)
			g.more(m)
		case f := <-g.pages:
			g.take(m, f)
		case <-due:
		case <-g.life.Done():
			giveUp()
			g.finish(m)
			return
		}
		giveUp()
	}
}

// maxChanges is how many changes are made before their consequences are drawn,
// so that many acknowledgements cost one checkpoint.
const maxChanges = 256

func (g *group) more(m *machine) {
	for range maxChanges {
		select {
		case change := <-g.inbox:
			change(m)
		default:
			return
		}
	}
}

// alarm returns what tells that the machine has something to do by itself.
func (g *group) alarm(m *machine) (<-chan time.Time, func()) {
	at, ok := m.wake()
	if !ok {
		return nil, func() {}
	}
	return g.clock.After(at.Sub(g.clock.Now()))
}

func (g *group) take(m *machine, f fed) {
	if f.err == nil {
		m.fed(f.page)
		return
	}
	if g.life.Err() != nil {
		return // consumers are told the reason for that
	}
	m.unfed()
	g.dropAll(m, f.err)
}

// dropAll drops all consumers. The group stays and tries again with the next.
func (g *group) dropAll(m *machine, reason error) {
	for len(m.members) > 0 {
		c := m.members[0]
		m.leave(c)
		c.outbox.end(reason)
	}
}

// finish writes what must not be forgotten and drops all consumers.
func (g *group) finish(m *machine) {
	reason := context.Cause(g.life)
	if !errors.Is(reason, errDeleted) {
		g.obey(m, m.last(g.clock.Now()))
		g.obey(m, m.last(g.clock.Now())) // what is parked by now is handled
	}
	g.dropAll(m, outward(reason))
}

// read is the goroutine that reads the source.
func (g *group) read() {
	for {
		select {
		case count := <-g.wants:
			f := g.next(count)
			select {
			case g.pages <- f:
			case <-g.life.Done():
				return
			}
		case <-g.life.Done():
			return
		}
	}
}

// next reads until it can.
func (g *group) next(count int) fed {
	for {
		p, err := g.feed.read(g.life, count)
		if !errors.Is(err, eventlog.ErrUnavailable) {
			return fed{p, err}
		}
		due, giveUp := g.clock.After(retryRead)
		select {
		case <-due:
		case <-g.life.Done():
		}
		giveUp()
	}
}
