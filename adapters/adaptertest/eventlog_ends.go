package adaptertest

import (
	"context"
	"errors"
	"io"
	"time"

	"parley/domain/eventlog"
)

// moment is by how much a call may outlive its context.
const moment = 2 * time.Second

var contextCases = []logCase{
	{"every call honours an ended context", func(f *logFixture) {
		f.place = f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...).Position
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		for name, call := range f.calls() {
			start := time.Now()
			err := call(ctx)
			if !errors.Is(err, context.Canceled) && !errors.Is(err, eventlog.ErrUnavailable) {
				f.Errorf("%s: got %v, want canceled or unavailable", name, err)
			}
			if took := time.Since(start); took > moment {
				f.Errorf("%s took %v", name, took)
			}
		}
		if n := len(f.readStream(f.stream("new"))); n > 1 {
			f.Errorf("stream has %d events, want at most 1", n)
		}
	}},
	{"a waiting Next ends with its context, and the next one goes on", func(f *logFixture) {
		r := f.follow(eventlog.Start)
		r.untilLive()
		for range 3 {
			ctx, cancel := context.WithTimeout(f.ctx, 20*time.Millisecond)
			for {
				batch, err := r.sub.Next(ctx)
				if errors.Is(err, context.DeadlineExceeded) {
					break
				}
				if err != nil || len(batch.Events) > 0 {
					f.Fatalf("next: got %d events, %v", len(batch.Events), err)
				}
			}
			cancel()
		}
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantSame(f.readStream(f.stream("a")), r.events(1))
	}},
	{"a subscription outlives the context that started it", func(f *logFixture) {
		ctx, cancel := context.WithCancel(f.ctx)
		sub, err := f.log.Follow(ctx, eventlog.Start, f.prefix)
		if err != nil {
			f.Fatalf("follow: %v", err)
		}
		defer sub.Close()
		cancel()
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		r := &follower{f: f, sub: sub}
		f.wantSame(f.readStream(f.stream("a")), r.events(1))
	}},
}

var closeCases = []logCase{
	{"closing a subscription ends a waiting Next and every later one", func(f *logFixture) {
		r := f.follow(eventlog.Start)
		r.untilLive()
		ended := f.awaitEnd(r.sub)
		r.sub.Close()
		f.wantClosed("waiting Next", <-ended)
		_, err := r.sub.Next(f.ctx)
		f.wantClosed("later Next", err)
		r.sub.Close()
	}},
	{"closing one subscription leaves the others alone", func(f *logFixture) {
		one, other := f.follow(eventlog.Start), f.follow(eventlog.Start)
		one.sub.Close()
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantSame(f.readStream(f.stream("a")), other.events(1))
	}},
	{"closing the log ends a waiting Next and refuses every later call", func(f *logFixture) {
		f.place = f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...).Position
		r := f.follow(eventlog.Start)
		r.untilLive()
		ended := f.awaitEnd(r.sub)
		if err := f.log.(io.Closer).Close(); err != nil {
			f.Fatalf("close: %v", err)
		}
		f.wantClosed("waiting Next", <-ended)
		for name, call := range f.calls() {
			f.wantClosed(name, call(f.ctx))
		}
		_, err := f.log.Follow(f.ctx, eventlog.Start, f.prefix)
		f.wantClosed("Follow", err)
	}},
}

// calls are the calls that ask the store, by name. They need a place in the log.
func (f *logFixture) calls() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Append": func(ctx context.Context) error {
			_, err := f.log.Append(ctx, f.stream("new"), eventlog.NoStream, newEvents(1))
			return err
		},
		"ReadStream": func(ctx context.Context) error {
			for _, err := range f.log.ReadStream(ctx, f.stream("a"), 0, 0) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"ReadAll": func(ctx context.Context) error {
			for _, err := range f.log.ReadAll(ctx, eventlog.Start, f.prefix, 0) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"End": func(ctx context.Context) error {
			_, err := f.log.End(ctx)
			return err
		},
		"At": func(ctx context.Context) error {
			_, err := f.log.At(ctx, f.place)
			return err
		},
		"Truncate": func(ctx context.Context) error { return f.log.Truncate(ctx, f.stream("a"), 0) },
	}
}

// awaitEnd calls Next beside the test until it fails, and hands out why.
func (f *logFixture) awaitEnd(sub eventlog.Subscription) <-chan error {
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := sub.Next(f.ctx); err != nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

func (f *logFixture) wantClosed(what string, err error) {
	f.Helper()
	if !errors.Is(err, eventlog.ErrClosed) {
		f.Errorf("%s: got %v, want closed", what, err)
	}
}
