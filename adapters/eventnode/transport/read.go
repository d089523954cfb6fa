package transport

import (
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
)

// Read implements streams.StreamsServer: it is the one call for reading a stream
// or all of them, up to a count or without end.
func (s *service) Read(req *streams.ReadReq, call streams.Streams_ReadServer) error {
	options := req.GetOptions()
	if options.GetUuidOption().GetContent() == nil {
		return status.Error(codes.InvalidArgument, "a read needs a form of ids")
	}
	_, textIDs := options.GetUuidOption().GetContent().(*streams.ReadReq_Options_UUIDOption_String_)
	r := &reading{service: s, options: options, call: call, out: eventMessage{encoder: encoder{textIDs: textIDs}}}
	if err := r.run(); err != nil {
		return fail(call, err)
	}
	return nil
}

// reading is one call of Read.
type reading struct {
	*service
	options *streams.ReadReq_Options
	call    streams.Streams_ReadServer
	match   *filter
	out     eventMessage // what is sent next
}

func (r *reading) run() (err error) {
	if err := r.filter(); err != nil {
		return err
	}
	_, subscribes := r.options.GetCountOption().(*streams.ReadReq_Options_Subscription)
	_, counts := r.options.GetCountOption().(*streams.ReadReq_Options_Count)
	switch {
	case !subscribes && !counts:
		return status.Error(codes.InvalidArgument, "a read needs a count or a subscription")
	case streams.ReadReq_Options_ReadDirection_name[int32(r.options.GetReadDirection())] == "":
		return status.Error(codes.InvalidArgument, "a read goes forwards or backwards")
	case subscribes && r.backwards():
		return status.Error(codes.InvalidArgument, "a subscription reads forwards")
	case r.options.GetStream() != nil && subscribes:
		return r.subscribeStream(r.options.GetStream())
	case r.options.GetStream() != nil:
		return r.readStream(r.options.GetStream())
	case r.options.GetAll() != nil && subscribes:
		return r.subscribeAll(r.options.GetAll())
	case r.options.GetAll() != nil:
		return r.readAll(r.options.GetAll())
	}
	return status.Error(codes.InvalidArgument, "a read needs a stream")
}

// filter makes the filter that the client names; it must say so when it wants none.
func (r *reading) filter() (err error) {
	switch given := r.options.GetFilterOption().(type) {
	case *streams.ReadReq_Options_NoFilter:
		return nil
	case *streams.ReadReq_Options_Filter:
		if r.match, err = newFilter(given.Filter); err != nil {
			return err
		}
		if len(r.options.GetStream().GetStreamIdentifier().GetStreamName()) > 0 {
			return status.Error(codes.InvalidArgument, "only reads of all streams have a filter")
		}
		return nil
	}
	return status.Error(codes.InvalidArgument, "a read has a filter or says that it has none")
}

func (r *reading) backwards() bool {
	return r.options.GetReadDirection() == streams.ReadReq_Options_Backwards
}

// give sends one record; a link with the event that it leads to, if the client
// wants that.
func (r *reading) give(record *eventnode.Record) error {
	if !r.options.GetResolveLinks() || !record.IsLink() {
		return r.call.SendMsg(r.out.fill(record, nil))
	}
	target, ok, err := r.node.Resolve(r.call.Context(), *record)
	switch {
	case err != nil:
		return err
	case !ok:
		return r.call.SendMsg(r.out.fill(nil, record))
	}
	return r.call.SendMsg(r.out.fill(&target, record))
}

// wants reports whether the filter lets the record through.
func (r *reading) wants(record *eventnode.Record) (bool, error) {
	if r.match == nil {
		return true, nil
	}
	return r.match.matches(r.call.Context(), record)
}

// send sends matching records until count of them have gone, and reports how
// many there were.
func (r *reading) send(records iter.Seq2[eventnode.Record, error], count uint64) (sent uint64, err error) {
	for record, err := range records {
		if err != nil {
			return sent, err
		}
		wanted, err := r.wants(&record)
		if err != nil {
			return sent, err
		}
		if !wanted {
			continue
		}
		if err := r.give(&record); err != nil {
			return sent, err
		}
		if sent++; sent == count {
			break
		}
	}
	return sent, nil
}
