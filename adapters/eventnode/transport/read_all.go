package transport

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// lastPosition is above the position of any event.
const lastPosition = eventlog.Position(math.MaxInt64)

// readAll sends the events of all streams: forwards those at or behind a
// position, backwards those before it.
func (r *reading) readAll(options *streams.ReadReq_Options_AllOptions) error {
	from, err := fromPosition(options)
	if err != nil || r.options.GetCount() == 0 {
		return err
	}
	records := r.node.AllBackwards
	if !r.backwards() {
		records, from = r.node.All, max(from, 1)-1
	}
	_, err = r.send(records(r.call.Context(), from), r.options.GetCount())
	return err
}

func fromPosition(options *streams.ReadReq_Options_AllOptions) (eventlog.Position, error) {
	switch from := options.GetAllOption().(type) {
	case *streams.ReadReq_Options_AllOptions_Position:
		at := from.Position
		if at.GetCommitPosition() < at.GetPreparePosition() {
			return 0, status.Error(codes.InvalidArgument, "the commit position is below the prepare position")
		}
		return eventlog.Position(min(at.GetCommitPosition(), uint64(lastPosition))), nil
	case *streams.ReadReq_Options_AllOptions_Start:
		return eventlog.Start, nil
	case *streams.ReadReq_Options_AllOptions_End:
		return lastPosition, nil
	}
	return 0, status.Error(codes.InvalidArgument, "a read needs a position to start from")
}
