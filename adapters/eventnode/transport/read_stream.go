package transport

import (
	"context"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// lastRevision is above the revision of any event.
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
	count := r.options.GetCount()
	limit := int(min(count, math.MaxInt))
	records := r.node.Stream
	if r.backwards() {
		records = r.node.StreamBackwards
	}
	sent := uint64(0)
	if count > 0 {
		if sent, err = r.send(records(r.call.Context(), name, from, limit), count); err != nil {
			return err
		}
	}
	if sent > 0 {
		return nil
	}
	if last, err := r.lastOf(r.call.Context(), name); err != nil || last >= 0 {
		return err
	}
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

// lastOf returns the revision of a stream's last event, or NoStream.
func (s *service) lastOf(ctx context.Context, name string) (eventlog.Revision, error) {
	for last, err := range s.node.StreamBackwards(ctx, name, lastRevision, 1) {
		return last.Revision, err
	}
	return eventlog.NoStream, nil
}
