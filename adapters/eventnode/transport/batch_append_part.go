package transport

import (
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// take adds a part to the append that it is of. That one is carried out with its
// last part; until then nothing of it is known to the node.
func (b *batchCall) take(part *streams.BatchAppendReq) {
	id, err := parseID(part.GetCorrelationId())
	if err != nil {
		err = status.Error(codes.InvalidArgument, "the correlation id is none")
		b.answer(b.refusal(newBatched(uuid.Nil, part), err))
		return
	}
	a, err := b.claim(id, part)
	if err == nil && a == nil {
		return
	}
	if err == nil {
		err = a.add(part)
	}
	switch {
	case err != nil:
	case part.GetIsFinal():
		err = b.carryOut(a)
	default:
		err = b.keep(a)
	}
	if err != nil {
		b.refuse(a, err, part.GetIsFinal())
	}
}

// claim returns the append that a part is of: one that is unfinished, which is
// the caller's then, or a new one. It returns none for what is still on its way
// of one that has been refused: each append has one answer.
func (b *batchCall) claim(id uuid.UUID, part *streams.BatchAppendReq) (*batched, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a := b.unfinished[id]; a != nil {
		a.timer.Stop()
		delete(b.unfinished, id)
		return a, nil
	}
	a, refused := newBatched(id, part), b.refused.has(id)
	switch {
	case refused && part.GetOptions() != nil:
		return a, status.Error(codes.InvalidArgument, "an append of this correlation id has been refused and its last part has not come")
	case refused && part.GetIsFinal():
		b.refused.forget(id)
		return nil, nil
	case refused:
		return nil, nil
	}
	return a, a.open(b.service, part.GetOptions())
}

// keep holds an append until its next part comes, or its time is over.
func (b *batchCall) keep(a *batched) error {
	left := time.Until(a.deadline)
	if left <= 0 {
		return errTimeout
	}
	if !b.rooms.hold(a) {
		return errNoRoom
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unfinished == nil {
		b.rooms.release(a)
		return nil
	}
	b.unfinished[a.id] = a
	a.timer = time.AfterFunc(left, func() { b.expire(a) })
	return nil
}

// expire answers an append that was not finished in time.
func (b *batchCall) expire(a *batched) {
	if !b.enter() {
		return
	}
	defer b.exit()
	b.mu.Lock()
	waits := b.unfinished[a.id] == a
	if waits {
		delete(b.unfinished, a.id)
	}
	b.mu.Unlock()
	if waits {
		b.refuse(a, errTimeout, false)
	}
}

// giveUp answers what can no longer be finished, as its own deadline would.
func (b *batchCall) giveUp() {
	for _, a := range b.abandon() {
		b.refuse(a, errTimeout, true)
	}
}

// abandon forgets what is unfinished, and returns it.
func (b *batchCall) abandon() map[uuid.UUID]*batched {
	b.mu.Lock()
	defer b.mu.Unlock()
	unfinished := b.unfinished
	b.unfinished = nil
	for _, a := range unfinished {
		a.timer.Stop()
		b.rooms.release(a)
	}
	return unfinished
}

// refuse answers an append with an error, and keeps in mind that more of it may
// come. A failure of the whole node ends the call instead, which is how clients
// know that they should come back.
func (b *batchCall) refuse(a *batched, err error, ended bool) {
	b.rooms.release(a)
	if failed := unavailable(err); failed != nil {
		b.close(failed)
		return
	}
	b.mu.Lock()
	if ended {
		b.refused.forget(a.id)
	} else {
		b.refused.add(a.id)
	}
	b.mu.Unlock()
	b.answer(b.refusal(a, err))
}
