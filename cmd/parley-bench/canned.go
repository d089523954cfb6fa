package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// cannedCommand is the server of the baseline CANNED: it answers every read with
// the same messages, which it has encoded before it listens.
type cannedCommand struct {
	Events int `arg:""`
}

// Run implements the command.
func (c cannedCommand) Run(ctx context.Context) error {
	canned, err := newCannedStreams(c.Events)
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(readyCodec{encoding.GetCodecV2("proto")}))
	serverfeatures.RegisterServerFeaturesServer(server, bareFeatures{})
	streams.RegisterStreamsServer(server, canned)
	return serveChild(ctx, server.Serve)
}

// ready is a message in the form in which it goes over the wire.
type ready []byte

// readyCodec passes ready messages on as they are.
type readyCodec struct{ encoding.CodecV2 }

// Marshal implements [encoding.CodecV2].
func (c readyCodec) Marshal(message any) (mem.BufferSlice, error) {
	if m, ok := message.(ready); ok {
		return mem.BufferSlice{mem.SliceBuffer(m)}, nil
	}
	return c.CodecV2.Marshal(message)
}

type cannedStreams struct {
	streams.UnimplementedStreamsServer
	confirmation ready
	events       []ready
}

// newCannedStreams encodes the events of a filled log.
func newCannedStreams(events int) (*cannedStreams, error) {
	s := &cannedStreams{}
	var err error
	s.confirmation, err = proto.Marshal(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()},
	}})
	if err != nil {
		return nil, fmt.Errorf("encode the confirmation: %w", err)
	}
	data := payload()
	for i := range events {
		message, err := proto.Marshal(cannedEvent(i, data))
		if err != nil {
			return nil, fmt.Errorf("encode an event: %w", err)
		}
		s.events = append(s.events, message)
	}
	return s, nil
}

// cannedEvent is the i-th event as the node would send it.
func cannedEvent(i int, data []byte) *streams.ReadResp {
	id, position := uuid.New(), uint64(i+1)
	stream := uuid.NewSHA1(uuid.Nil, strconv.AppendInt(nil, int64(i/eventsPerStream), 10))
	return &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: position},
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id: &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
				MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
				LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
			}}},
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("bench-" + stream.String())},
			StreamRevision:   uint64(i % eventsPerStream),
			PreparePosition:  position, CommitPosition: position,
			Metadata: map[string]string{
				"type": eventType, "content-type": "application/json",
				"created": strconv.FormatInt(time.Now().UnixMicro()*10, 10),
			},
			Data: data,
		},
	}}}
}

// Read implements the service, whatever is asked for.
func (s *cannedStreams) Read(request *streams.ReadReq, call streams.Streams_ReadServer) error {
	_, subscribes := request.GetOptions().GetCountOption().(*streams.ReadReq_Options_Subscription)
	if subscribes {
		if err := call.SendMsg(s.confirmation); err != nil {
			return err
		}
	}
	for _, event := range s.events {
		if err := call.SendMsg(event); err != nil {
			return err
		}
	}
	if subscribes {
		<-call.Context().Done()
	}
	return nil
}
