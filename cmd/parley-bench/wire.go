package main

import (
	"context"
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
)

// bareCommand is the server of the baseline CLIENT: it appends what the official
// client sends to the bare log, and can do nothing else.
type bareCommand struct {
	Dir string `arg:""`
}

// Run implements the command.
func (c bareCommand) Run(ctx context.Context) error {
	log, err := openBareLog(c.Dir)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	serverfeatures.RegisterServerFeaturesServer(server, bareFeatures{})
	streams.RegisterStreamsServer(server, &bareStreams{log: log})
	return serveChild(ctx, server.Serve)
}

type bareFeatures struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

// GetSupportedMethods implements the service: appending is all there is.
func (bareFeatures) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return &serverfeatures.SupportedMethods{
		EventStoreServerVersion: "24.10.0",
		Methods:                 []*serverfeatures.SupportedMethod{{ServiceName: "event_store.client.streams.streams", MethodName: "append"}},
	}, nil
}

type bareStreams struct {
	streams.UnimplementedStreamsServer
	log *bareLog
}

// Append implements the service. The revision in the answer means nothing.
func (s *bareStreams) Append(call streams.Streams_AppendServer) error {
	var data []byte
	for {
		message, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		proposed := message.GetProposedMessage()
		data = append(append(data, proposed.GetCustomMetadata()...), proposed.GetData()...)
	}
	at, err := s.log.append(data)
	if err != nil {
		return err
	}
	return call.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: at},
		PositionOption:        &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{CommitPosition: at, PreparePosition: at}},
	}}})
}
