package transport

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

// batchLimit is the default of Config.BatchLimit.
const batchLimit = 30 * time.Second

// BatchAppend implements streams.StreamsServer: many appends in one call, each
// in one part or more, each answered once, under its own id, as soon as it is
// decided.
//
// When its client has said that it sends no more, the call ends with the last
// answer. The real server keeps it open until the client leaves. No official
// client for Node.js ever says so: it leaves. To whoever does, the end is the
// sooner and only sign that nothing else comes. But no call ends well while it
// owes an answer: those clients let an append wait for ever whose call ended
// without an error, and take an error for the answer to all that are open.
func (s *service) BatchAppend(call streams.Streams_BatchAppendServer) error {
	ctx, cancel := context.WithCancel(call.Context())
	defer cancel()
	b := &batchCall{
		service: s, call: call, ctx: ctx,
		answers: make(chan *streams.BatchAppendResp), idle: make(chan struct{}),
		unfinished: map[uuid.UUID]*batched{}, refused: refusedIDs{},
	}
	connection, leave := s.connections.join(ctx)
	defer leave()
	b.rooms = rooms{newRoom(callUnfinished, callUnderWay), connection}
	defer b.abandon()
	return b.run()
}

// batchCall is one call of BatchAppend. One goroutine receives and decides what
// becomes of a part, one for each append under way waits for the node, and the
// call's own sends the answers.
type batchCall struct {
	service *service
	call    streams.Streams_BatchAppendServer
	ctx     context.Context // ends with the call
	rooms   rooms
	answers chan *streams.BatchAppendResp
	idle    chan struct{} // closed when the call is and nothing goes on in it

	mu         sync.Mutex
	unfinished map[uuid.UUID]*batched // nil when the call has ended
	refused    refusedIDs
	goingOn    int
	closed     bool
	end        error // how the call ends; set when it is closed
}

// run sends answers until the call is closed and has given the last one.
func (b *batchCall) run() error {
	go b.receive()
	stopping := b.service.stopped.Done()
	for {
		select {
		case answer := <-b.answers:
			if err := b.call.Send(answer); err != nil {
				return err
			}
		case <-stopping:
			b.close(errStopping)
			stopping = nil
		case <-b.idle:
			return b.end
		}
	}
}

// receive takes parts until the client sends no more or the call is closed.
func (b *batchCall) receive() {
	for {
		part, err := b.call.Recv()
		if err != nil && !errors.Is(err, io.EOF) {
			b.close(err)
			return
		}
		if !b.enter() {
			return
		}
		if err == nil {
			b.take(part)
		} else {
			b.giveUp()
			b.close(nil)
		}
		b.exit()
	}
}

// enter begins something that the end of the call waits for. It returns false
// when the call is closed.
func (b *batchCall) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.goingOn++
	return true
}

// exit ends what enter began.
func (b *batchCall) exit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.goingOn--; b.closed && b.goingOn == 0 {
		close(b.idle)
	}
}

// close lets nothing else begin. The call ends, in this way, with what goes on.
func (b *batchCall) close(end error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed, b.end = true, end
	if b.goingOn == 0 {
		close(b.idle)
	}
}

// answer gives an answer to the goroutine that sends, within enter and exit.
func (b *batchCall) answer(answer *streams.BatchAppendResp) {
	select {
	case b.answers <- answer:
	case <-b.ctx.Done():
	}
}
