package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// inOneCall is appending by one call of BatchAppend for all writers, each to a
// stream of its own; a step sends some appends and waits for their answers. The
// official client for Go does not know that call, so this is the bare protocol.
func (l *lab) inOneCall(ctx context.Context, name, address string, atOnce int) (contender, error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return contender{}, err
	}
	l.atClose(func() { _ = conn.Close() })
	call, err := streams.NewStreamsClient(conn).BatchAppend(ctx)
	if err != nil {
		return contender{}, fmt.Errorf("append in batches: %w", err)
	}
	b := &batching{call: call, waiting: map[string]chan<- *streams.BatchAppendResp{}}
	go b.receive()
	return contender{name: name, open: func(int) (step, error) {
		w := &batchWriter{batching: b, stream: "bench-" + uuid.NewString(), answers: make(chan *streams.BatchAppendResp, atOnce), data: payload()}
		return func(context.Context) error { return w.append(atOnce) }, nil
	}}, nil
}

// batching is one call of BatchAppend that several writers use.
type batching struct {
	call    streams.Streams_BatchAppendClient
	sending sync.Mutex

	mu      sync.Mutex
	waiting map[string]chan<- *streams.BatchAppendResp
	failed  error // why the call has ended
}

// send sends an append whose answer goes to a channel with room for it.
func (b *batching) send(part *streams.BatchAppendReq, answers chan<- *streams.BatchAppendResp) error {
	b.mu.Lock()
	failed := b.failed
	b.waiting[part.CorrelationId.GetString_()] = answers
	b.mu.Unlock()
	if failed != nil {
		return failed
	}
	b.sending.Lock()
	defer b.sending.Unlock()
	return b.call.Send(part)
}

// receive gives each answer to its writer; the end of the call answers what is
// left, with nothing.
func (b *batching) receive() {
	for {
		answer, err := b.call.Recv()
		b.mu.Lock()
		if err != nil {
			b.failed = fmt.Errorf("append in batches: %w", err)
			for _, answers := range b.waiting {
				answers <- nil
			}
			b.mu.Unlock()
			return
		}
		id := answer.GetCorrelationId().GetString_()
		answers := b.waiting[id]
		delete(b.waiting, id)
		b.mu.Unlock()
		answers <- answer
	}
}

// batchWriter appends to one stream.
type batchWriter struct {
	*batching
	stream  string
	events  uint64 // in the stream
	data    []byte
	answers chan *streams.BatchAppendResp
}

// append sends n appends, each at the revision of the one before, and waits for
// their answers.
func (w *batchWriter) append(n int) error {
	for range n {
		if err := w.send(w.next(), w.answers); err != nil {
			return err
		}
	}
	for range n {
		if answer := <-w.answers; answer.GetSuccess() == nil {
			return fmt.Errorf("append in a batch: %v", answer.GetError())
		}
	}
	return nil
}

func (w *batchWriter) next() *streams.BatchAppendReq {
	options := &streams.BatchAppendReq_Options{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(w.stream)}}
	if w.events == 0 {
		options.ExpectedStreamPosition = &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	} else {
		options.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: w.events - 1}
	}
	w.events++
	return &streams.BatchAppendReq{
		CorrelationId: &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
		Options:       options,
		ProposedMessages: []*streams.BatchAppendReq_ProposedMessage{{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
			Metadata: map[string]string{"type": eventType, "content-type": "application/json"},
			Data:     w.data,
		}},
		IsFinal: true,
	}
}
