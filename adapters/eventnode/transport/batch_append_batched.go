package transport

import (
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
)

// batched is one append of a BatchAppend call. It belongs to the call's receiver
// but while it is unfinished, when whoever takes it out of the call's map has it,
// and when it is under way.
type batched struct {
	proposal
	id          uuid.UUID
	correlation *shared.UUID             // the id as its client writes it
	identifier  *shared.StreamIdentifier // never nil: clients read it from errors without looking
	deadline    time.Time
	timer       *time.Timer // runs while the append is unfinished
	held        int64       // of the rooms, while it is unfinished
}

func newBatched(id uuid.UUID, part *streams.BatchAppendReq) *batched {
	a := &batched{id: id, correlation: part.GetCorrelationId(), identifier: part.GetOptions().GetStreamIdentifier()}
	if a.identifier == nil {
		a.identifier = &shared.StreamIdentifier{}
	}
	return a
}

// open reads the options, which come with the first part. Those of later parts
// mean nothing.
func (a *batched) open(s *service, options *streams.BatchAppendReq_Options) (err error) {
	if options == nil {
		return status.Error(codes.InvalidArgument, "the first part of an append needs options")
	}
	if a.stream, err = streamName(options.GetStreamIdentifier()); err != nil {
		return err
	}
	if err := s.appendable(a.stream); err != nil {
		return err
	}
	a.deadline = deadline(options, time.Now(), s.cfg.BatchLimit)
	a.expected, err = batchExpectation(options)
	return err
}

// add adds the events of a part.
func (a *batched) add(part *streams.BatchAppendReq) error {
	for _, m := range part.GetProposedMessages() {
		if err := a.proposal.add(m); err != nil {
			return err
		}
	}
	return nil
}

func batchExpectation(options *streams.BatchAppendReq_Options) (eventnode.Expectation, error) {
	switch expected := options.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		return revisionExpected(expected.StreamPosition)
	case *streams.BatchAppendReq_Options_NoStream:
		return eventnode.NoStream, nil
	case *streams.BatchAppendReq_Options_Any:
		return eventnode.Any, nil
	case *streams.BatchAppendReq_Options_StreamExists:
		return eventnode.StreamExists, nil
	}
	return 0, status.Error(codes.InvalidArgument, "an append needs an expected revision")
}

// deadline returns when an append must have been answered: in the time that its
// client gives it, or at the moment that older clients name, but within the limit.
func deadline(options *streams.BatchAppendReq_Options, now time.Time, limit time.Duration) time.Time {
	switch given := options.GetDeadlineOption().(type) {
	case *streams.BatchAppendReq_Options_Deadline:
		limit = min(limit, given.Deadline.AsDuration())
	case *streams.BatchAppendReq_Options_Deadline_21_10_0:
		limit = min(limit, given.Deadline_21_10_0.AsTime().Sub(now))
	}
	return now.Add(limit)
}
