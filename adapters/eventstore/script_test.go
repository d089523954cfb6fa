package eventstore_test

import (
	"cmp"
	"context"
	"errors"
	"net"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// script is what a server does otherwise than its node.
type script struct {
	version string                                            // what it calls itself; empty for the node's
	read    func(*streams.ReadReq_Options, metadata.MD) error // what it says to a read or a subscription
	write   func(*streams.AppendReq_Options) error            // what it says to an append
	hide    func(*streams.ReadResp) bool                      // what it does not send
}

// says changes the script.
func (s *server) says(change func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.script)
}

func (s *server) scripted() script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

func (s *server) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	said := s.scripted()
	switch {
	case info.FullMethod != serverfeatures.ServerFeatures_GetSupportedMethods_FullMethodName:
	case said.version == "none":
		return nil, status.Error(codes.Unimplemented, "unknown service")
	case said.version != "":
		return &serverfeatures.SupportedMethods{EventStoreServerVersion: said.version}, nil
	}
	return handler(ctx, req)
}

func (s *server) stream(srv any, call grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	return handler(srv, &scriptedStream{ServerStream: call, server: s})
}

// scriptedStream is a call of a server with a script.
type scriptedStream struct {
	grpc.ServerStream
	server  *server
	refusal error // of an append that is still being received
}

// RecvMsg implements grpc.ServerStream.
func (s *scriptedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return cmp.Or(s.refusal, err)
	}
	said := s.server.scripted()
	switch m := m.(type) {
	case *streams.ReadReq:
		if said.read != nil {
			return s.answer(m.GetOptions(), said.read)
		}
	case *streams.AppendReq:
		if options := m.GetOptions(); said.write != nil && options != nil {
			s.refusal = said.write(options)
		}
	}
	return nil
}

// answer lets a read be refused; a subscription is confirmed first, as by a real
// server.
func (s *scriptedStream) answer(options *streams.ReadReq_Options, read func(*streams.ReadReq_Options, metadata.MD) error) error {
	header, _ := metadata.FromIncomingContext(s.Context())
	err := read(options, header)
	if shown, ok := errors.AsType[*notLeader](err); ok {
		s.SetTrailer(metadata.Pairs("exception", "not-leader", "leader-endpoint-host", shown.host, "leader-endpoint-port", shown.port))
		return status.Error(codes.NotFound, "Leader info available")
	}
	if err == nil || options.GetSubscription() == nil {
		return err
	}
	return cmp.Or(s.SendMsg(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: "1"},
	}}), err)
}

// SendMsg implements grpc.ServerStream.
func (s *scriptedStream) SendMsg(m any) error {
	if said := s.server.scripted(); said.hide != nil {
		if answer, ok := m.(*streams.ReadResp); ok && said.hide(answer) {
			return nil
		}
	}
	return s.ServerStream.SendMsg(m)
}

// notLeader is what a server that does not lead says: who does.
type notLeader struct{ host, port string }

// Error implements error.
func (e *notLeader) Error() string { return "ask " + e.host + ":" + e.port }

// follows makes the server show who asks for the leader to another one.
func (s *server) follows(leader *server) {
	s.says(func(said *script) {
		said.read = func(_ *streams.ReadReq_Options, header metadata.MD) error {
			host, port, err := net.SplitHostPort(leader.address)
			if err == nil && len(header.Get("requires-leader")) > 0 {
				s.refused.Add(1)
				err = &notLeader{host, port}
			}
			return err
		}
	})
}

// strict refuses a position that is no event's, as servers do up to 23.10.
func (s *server) strict(options *streams.ReadReq_Options, _ metadata.MD) error {
	at := eventlog.Position(options.GetAll().GetPosition().GetCommitPosition())
	if at == eventlog.Start || at > s.node.Head() || at >= firstPosition && (at-firstPosition)%stride == 0 {
		return nil
	}
	return errHandler
}

// errHandler is how a server up to 23.10 says so.
var errHandler = status.Error(codes.Unknown, "Exception was thrown by handler.")

// asOf2310 makes the server say no more than 23.10 does: it names no place when a
// search is done.
func (s *server) asOf2310() {
	s.says(func(said *script) {
		said.version, said.read = "23.10.8", s.strict
		said.hide = func(answer *streams.ReadResp) bool { return answer.GetCheckpoint() != nil }
	})
}
