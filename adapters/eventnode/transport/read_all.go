package transport

import (
	"iter"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// logEnd is where a read or a subscription begins that wants the end of the log;
// clients may also send it as a position.
const logEnd = eventlog.Position(math.MaxUint64)

// readAll sends the events of all streams: forwards those at or behind a
// position, backwards those before it. The position is 0 or an event's, also of one
// that was scavenged; another is refused, but forwards there is nothing above the
// end.
func (r *reading) readAll(options *streams.ReadReq_Options_AllOptions) error {
	from, err := fromPosition(options)
	if err != nil {
		return err
	}
	records, err := r.recordsFrom(from)
	if err != nil || records == nil || r.options.GetCount() == 0 {
		return err
	}
	_, err = r.send(records, r.options.GetCount())
	return err
}

// recordsFrom returns what a read from a position finds; nil is nothing.
func (r *reading) recordsFrom(from eventlog.Position) (iter.Seq2[eventnode.Record, error], error) {
	ctx, above := r.call.Context(), from > r.node.Head()
	switch {
	case r.backwards() && above && from != logEnd:
		return nil, eventlog.ErrNoSuchPosition
	case r.backwards() && r.endsNoRecord(from):
		return nil, nil
	case r.backwards():
		return r.node.AllBackwards(ctx, from), nil
	case above:
		return nil, nil
	}
	after, err := r.node.Preceding(from)
	return r.node.All(ctx, after, r.match.streams()...), err
}

// endsNoRecord reports whether the position is so low that on the real server no
// record could end before it: there a read backwards finds nothing, whatever the
// number.
func (r *reading) endsNoRecord(from eventlog.Position) bool {
	return from <= 2 && r.node.Between(0, from) == 0
}

func fromPosition(options *streams.ReadReq_Options_AllOptions) (eventlog.Position, error) {
	switch from := options.GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		at := from.Position
		if at.GetCommitPosition() < at.GetPreparePosition() {
			return 0, status.Error(codes.InvalidArgument, "the commit position is below the prepare position")
		}
		return eventlog.Position(at.GetCommitPosition()), nil
	case *streams.ReadReq_Options_AllOptions_Start:
		return eventlog.Start, nil
	case *streams.ReadReq_Options_AllOptions_End:
		return logEnd, nil
	}
	return 0, status.Error(codes.InvalidArgument, "a read needs a position to start from")
}
