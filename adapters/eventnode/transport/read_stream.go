package transport

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// lastRevision is above the revision of any event but a tombstone, whose it is.
const lastRevision = eventlog.Revision(math.MaxInt64)

// readStream sends a stream's events from a revision (inclusive in both
// directions), or a message that the stream does not exist: never a status.
func (r *reading) readStream(options *streams.ReadReq_Options_StreamOptions) error {
	name, err := streamName(options.GetStreamIdentifier())
	if err != nil {
		return err
	}
	from, err := fromRevision(options)
	if err != nil {
		return err
	}
	if r.wantsPositions() {
		return r.readPositioned(name, from)
	}
	sent, err := r.sendStream(name, from)
	if err != nil || sent > 0 {
		return err
	}
	if _, last, err := r.node.Extent(r.call.Context(), name); err != nil || last >= 0 {
		return err
	}
	return r.notFound(name)
}

// readPositioned is readStream for clients that also want to know where the
// stream begins and ends.
func (r *reading) readPositioned(name string, from eventlog.Revision) error {
	first, last, err := r.node.Extent(r.call.Context(), name)
	if err != nil {
		return err
	}
	if last < 0 {
		return r.notFound(name)
	}
	if err := r.tellFirst(from, first, last); err != nil {
		return err
	}
	if _, err := r.sendStream(name, from); err != nil {
		return err
	}
	if r.out.found && r.out.commit > 0 && !r.out.linking {
		last = max(last, r.out.event.Revision)
	}
	return r.tellLast(last)
}

func (r *reading) sendStream(name string, from eventlog.Revision) (sent uint64, err error) {
	count := r.options.GetCount()
	if count == 0 {
		return 0, nil
	}
	records := r.node.Stream
	if r.backwards() {
		records = r.node.StreamBackwards
	}
	return r.send(records(r.call.Context(), name, from, int(min(count, math.MaxInt))), count)
}

func (r *reading) notFound(name string) error {
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{StreamNotFound: &streams.ReadResp_StreamNotFound{
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)},
	}}})
}

func fromRevision(options *streams.ReadReq_Options_StreamOptions) (eventlog.Revision, error) {
	switch from := options.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		return eventlog.Revision(min(from.Revision, math.MaxInt64)), nil
	case *streams.ReadReq_Options_StreamOptions_Start:
		return 0, nil
	case *streams.ReadReq_Options_StreamOptions_End:
		return lastRevision, nil
	}
	return 0, status.Error(codes.InvalidArgument, "a read needs a revision to start from")
}
