package transport

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Credentials are what clients must show, as basic credentials, on connections
// that a TLS listener accepted.
type Credentials struct{ User, Password string }

// errUnauthenticated refuses wrong credentials. It does not say what is wrong
// with them, so that no user can be guessed.
var errUnauthenticated = status.Error(codes.Unauthenticated, "the credentials are wrong")

// openToAll are the methods that clients call before they show who they are.
var openToAll = map[string]bool{
	serverfeatures.ServerFeatures_GetSupportedMethods_FullMethodName: true,
	gossip.Gossip_Read_FullMethodName:                                true,
}

// guard asks for credentials on TLS connections.
type guard struct{ want [sha256.Size]byte }

func newGuard(c Credentials) guard { return guard{sha256.Sum256([]byte(c.User + ":" + c.Password))} }

// unary and stream ask before a call is begun.
func (g guard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if err := g.admit(ctx, info.FullMethod); err != nil {
		_ = grpc.SetTrailer(ctx, accessDenied(err))
		return nil, err
	}
	return handler(ctx, req)
}

func (g guard) stream(srv any, call grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := g.admit(call.Context(), info.FullMethod)
	if err == nil {
		return handler(srv, call)
	}
	if info.FullMethod == streams.Streams_Read_FullMethodName && status.Code(err) == codes.PermissionDenied {
		return handler(srv, &anonymousRead{call, err})
	}
	if info.IsClientStream && !info.IsServerStream {
		drain(call)
	}
	call.SetTrailer(accessDenied(err))
	return err
}

// drain receives a refused append: clients lose an answer that comes before
// they have sent all.
func drain(call grpc.ServerStream) {
	for size := 0; size < maxMessage; {
		msg := &streams.AppendReq{}
		if call.RecvMsg(msg) != nil {
			return
		}
		size += proto.Size(msg)
	}
}

// admit returns nil if the caller may call the method.
func (g guard) admit(ctx context.Context, method string) error {
	caller, ok := peer.FromContext(ctx)
	if !ok {
		return errUnauthenticated
	}
	if _, secured := caller.AuthInfo.(credentials.TLSInfo); !secured {
		return nil
	}
	shown := metadata.ValueFromIncomingContext(ctx, "authorization")
	switch {
	case len(shown) == 0 && openToAll[method]:
		return nil
	case len(shown) == 0:
		return status.Error(codes.PermissionDenied, "access is denied to whoever shows no credentials")
	case len(shown) > 1 || !g.knows(shown[0]):
		return errUnauthenticated
	}
	return nil
}

// knows compares in a time that does not depend on what is right.
func (g guard) knows(shown string) bool {
	scheme, encoded, _ := strings.Cut(shown, " ")
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || !strings.EqualFold(scheme, "basic") {
		return false
	}
	got := sha256.Sum256(decoded)
	return subtle.ConstantTimeCompare(got[:], g.want[:]) == 1
}

// anonymousRead is a read by somebody who shows no credentials. As the real
// server it may ask for what is before the first event, which is nothing: that
// is how clients try a connection.
type anonymousRead struct {
	grpc.ServerStream
	refusal error
}

// RecvMsg implements grpc.ServerStream.
func (r *anonymousRead) RecvMsg(m any) error {
	if err := r.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	req, ok := m.(*streams.ReadReq)
	options := req.GetOptions()
	if ok && options.GetAll().GetStart() != nil && options.GetSubscription() == nil && options.GetReadDirection() == streams.ReadReq_Options_Backwards {
		return nil
	}
	r.SetTrailer(accessDenied(r.refusal))
	return r.refusal
}

// accessDenied returns the trailer by which clients know that access, and not
// the credentials, is the matter.
func accessDenied(refusal error) metadata.MD {
	if status.Code(refusal) != codes.PermissionDenied {
		return nil
	}
	return metadata.Pairs("exception", "access-denied")
}
