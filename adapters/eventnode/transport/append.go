package transport

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/eventlog"
)

// drainLimit is how much of a refused append is received before it is cut off,
// where each event counts for eventCost beside what it carries.
const drainLimit = 64 << 20

// Append implements streams.StreamsServer: options, then events, then one
// answer. A revision that does not hold is an answer too, not an error.
func (s *service) Append(call streams.Streams_AppendServer) error {
	p, err := receive(call)
	if err != nil {
		return err
	}
	if err := s.appendable(p.stream); err != nil {
		return fail(call, err)
	}
	appended, err := s.node.AppendExpecting(call.Context(), p.stream, p.expected, p.events)
	if wrong, ok := errors.AsType[*eventnode.WrongRevisionError](err); ok {
		return call.SendAndClose(wrongRevision(wrong))
	}
	if err != nil {
		return fail(call, err)
	}
	return call.SendAndClose(success(appended))
}

// appendable refuses what an outside client may not write or delete: the stream
// of all streams and, without leave, the product's own streams, system streams
// and the metadata of both.
func (s *service) appendable(stream string) error {
	if stream == "$all" {
		return errAccessDenied
	}
	if s.cfg.Writable {
		return nil
	}
	described := strings.TrimPrefix(stream, "$$")
	if strings.HasPrefix(described, "$") || strings.HasPrefix(described, domain.StreamPrefix) {
		return errAccessDenied
	}
	return nil
}

// proposal is a received append.
type proposal struct {
	stream   string
	expected eventnode.Expectation
	events   []eventnode.Event
	size     int
}

// receive reads an append to the client's half-close. What is wrong with it is
// told only then: clients lose an answer that comes earlier.
func receive(call streams.Streams_AppendServer) (*proposal, error) {
	p, received := &proposal{}, 0
	var refusal error
	for n := 0; ; n++ {
		msg, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if received += len(msg.GetProposedMessage().GetData()) + len(msg.GetProposedMessage().GetCustomMetadata()) + eventCost; received > drainLimit {
			break
		}
		if refusal == nil {
			refusal = p.take(n, msg)
		}
	}
	if refusal == nil && p.stream == "" {
		refusal = status.Error(codes.InvalidArgument, "an append needs options")
	}
	if refusal != nil {
		return nil, fail(call, refusal)
	}
	return p, nil
}

// take adds the n-th message. Nothing is kept beyond the limits.
func (p *proposal) take(n int, msg *streams.AppendReq) error {
	if n == 0 {
		return p.open(msg.GetOptions())
	}
	m := msg.GetProposedMessage()
	if m == nil {
		return status.Error(codes.InvalidArgument, "an event was expected")
	}
	return p.add(m)
}

// proposedMessage is an event as both kinds of append carry it.
type proposedMessage interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// add adds an event.
func (p *proposal) add(m proposedMessage) (err error) {
	if !typed(m.GetMetadata()) {
		return errNoType
	}
	e := eventnode.Event{Binary: m.GetMetadata()["content-type"] != "application/json"}
	e.Type, e.Data, e.Metadata = m.GetMetadata()["type"], m.GetData(), m.GetCustomMetadata()
	if e.ID, err = parseID(m.GetId()); err != nil || e.Type == "" {
		return status.Error(codes.InvalidArgument, "an event needs an id and a type")
	}
	if p.size += len(e.Type) + len(e.Data) + len(e.Metadata); p.size > eventlog.MaxAppendBytes || len(p.events) >= eventlog.MaxAppendEvents {
		p.events = nil
		return eventlog.ErrTooLarge
	}
	p.events = append(p.events, e)
	return nil
}

// typed reports whether an event says what it is, be it something empty.
func typed(metadata map[string]string) bool {
	_, hasType := metadata["type"]
	_, hasContentType := metadata["content-type"]
	return hasType && hasContentType
}

func (p *proposal) open(options *streams.AppendReq_Options) error {
	stream, err := streamName(options.GetStreamIdentifier())
	if err != nil {
		return err
	}
	p.stream = stream
	switch expected := options.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Revision:
		p.expected, err = revisionExpected(expected.Revision)
		return err
	case *streams.AppendReq_Options_NoStream:
		p.expected = eventnode.NoStream
	case *streams.AppendReq_Options_Any:
		p.expected = eventnode.Any
	case *streams.AppendReq_Options_StreamExists:
		p.expected = eventnode.StreamExists
	default:
		return status.Error(codes.InvalidArgument, "an append needs an expected revision")
	}
	return nil
}

// streamName returns the name of one stream.
func streamName(id *shared.StreamIdentifier) (string, error) {
	name := string(id.GetStreamName())
	if name == "" || name == "$$" || !utf8.ValidString(name) {
		return "", status.Error(codes.InvalidArgument, fmt.Sprintf("%q is not the name of a stream", name))
	}
	return name, nil
}

func success(appended eventlog.Appended) *streams.AppendResp {
	ok := &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_NoStream{NoStream: &shared.Empty{}},
		PositionOption:        &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}},
	}
	if appended.Revision >= 0 {
		ok.CurrentRevisionOption = &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(appended.Revision)}
	}
	if at := uint64(appended.Position); at > 0 {
		ok.PositionOption = &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{CommitPosition: at, PreparePosition: at}}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: ok}}
}
