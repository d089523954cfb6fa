package transport_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/metadata"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// bare returns the bare protocol, for what the official client cannot express.
func (f *fixture) bare() streams.StreamsClient {
	f.Helper()
	return streams.NewStreamsClient(f.raw())
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

// rawRead returns the options of a read with the parts that all reads need.
func rawRead(change func(*streams.ReadReq_Options)) *streams.ReadReq {
	options := &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{AllOption: &streams.ReadReq_Options_AllOptions_Start{}}},
		CountOption:  &streams.ReadReq_Options_Count{Count: 1000},
		FilterOption: &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}},
		UuidOption:   &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
	}
	change(options)
	return &streams.ReadReq{Options: options}
}

func ofStream(stream string, from uint64) *streams.ReadReq_Options_Stream {
	return &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
		StreamIdentifier: identifier(stream),
		RevisionOption:   &streams.ReadReq_Options_StreamOptions_Revision{Revision: from},
	}}
}

// messages reads to the end and says in words what was sent; then how it ended.
func (f *fixture) messages(req *streams.ReadReq) (said []string, trailer metadata.MD, failed error) {
	f.Helper()
	call, err := f.bare().Read(f.ctx, req)
	if err != nil {
		f.Fatal(err)
	}
	for {
		m, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return said, call.Trailer(), nil
		}
		if err != nil {
			return said, call.Trailer(), err
		}
		said = append(said, inWords(m))
	}
}

func inWords(m *streams.ReadResp) string {
	switch c := m.GetContent().(type) {
	case *streams.ReadResp_Event:
		said := "no event"
		if e := c.Event.GetEvent(); e != nil {
			said = fmt.Sprintf("%s@%d", e.GetStreamIdentifier().GetStreamName(), e.GetStreamRevision())
		}
		if l := c.Event.GetLink(); l != nil {
			said += fmt.Sprintf(" by %s@%d", l.GetStreamIdentifier().GetStreamName(), l.GetStreamRevision())
			if c.Event.GetCommitPosition() != l.GetCommitPosition() {
				said += " at another position than the link's"
			}
		}
		return said
	case *streams.ReadResp_FirstStreamPosition:
		return fmt.Sprintf("first %d", c.FirstStreamPosition)
	case *streams.ReadResp_LastStreamPosition:
		return fmt.Sprintf("last %d", c.LastStreamPosition)
	case *streams.ReadResp_StreamNotFound_:
		return "not found"
	case *streams.ReadResp_Confirmation:
		return "confirmed"
	case *streams.ReadResp_Checkpoint_:
		return "checkpoint"
	case *streams.ReadResp_CaughtUp_:
		return "caught up"
	}
	return fmt.Sprintf("%T", m.GetContent())
}

// wantTrailers demands trailers, each with one value.
func wantTrailers(t *testing.T, got metadata.MD, want map[string]string) {
	t.Helper()
	for key, value := range want {
		if given := got.Get(key); len(given) != 1 || given[0] != value {
			t.Errorf("trailer %s is %q, want %q", key, given, value)
		}
	}
}

// write appends one event of any type in process.
func (f *fixture) write(stream, kind, data string) {
	f.Helper()
	e := eventnode.Event{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: kind, Data: []byte(data)}}
	if _, err := f.node.AppendExpecting(f.ctx, stream, eventnode.Any, []eventnode.Event{e}); err != nil {
		f.Fatal(err)
	}
}
