package transport

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// carryOut gives a finished append to the node. It waits while the rooms are
// full, and so does the call's client; for the answer another goroutine waits.
func (b *batchCall) carryOut(a *batched) error {
	ctx, cancel := context.WithDeadline(b.ctx, a.deadline)
	leave, err := b.rooms.enter(ctx, a)
	if err != nil {
		cancel()
		return err
	}
	b.rooms.release(a)
	if !b.enter() {
		leave()
		cancel()
		return nil // the end of the call is the answer
	}
	done := func() { leave(); cancel(); b.exit() }
	submitted, err := b.service.node.Submit(ctx, a.stream, a.expected, a.events)
	if err != nil {
		done()
		return err
	}
	a.events = nil // the node has a copy
	go func() {
		defer done()
		b.settle(ctx, a, submitted)
	}()
	return nil
}

// settle answers an append with what has become of it.
func (b *batchCall) settle(ctx context.Context, a *batched, submitted *eventnode.Submitted) {
	appended, err := submitted.Wait(ctx)
	if err != nil {
		b.refuse(a, err, true)
		return
	}
	b.answer(a.success(appended))
}

// unavailable returns how the call ends when the node takes no appends, and
// otherwise nil.
func unavailable(err error) error {
	if errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, eventlog.ErrClosed) {
		return status.Error(codes.Unavailable, "the event store is not available")
	}
	return nil
}
