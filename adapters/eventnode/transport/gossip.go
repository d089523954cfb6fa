package transport

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// defaultPort is where clients look when an address names no port.
const defaultPort = 2113

// members answers clients that look for the leader of a cluster: it has one
// member, which leads and can be reached as it was just now.
type members struct {
	gossip.UnimplementedGossipServer
	instance uuid.UUID
}

// Read implements gossip.GossipServer.
func (m members) Read(ctx context.Context, _ *shared.Empty) (*gossip.ClusterInfo, error) {
	dialled, err := dialledAddress(ctx)
	if err != nil {
		return nil, err
	}
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		InstanceId:   encoder{}.id(m.instance),
		TimeStamp:    time.Now().UnixMicro() * 10,
		State:        gossip.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: dialled,
	}}}, nil
}

// dialledAddress returns where the client believes to be connected, which alone
// is certain to be reachable for it.
func dialledAddress(ctx context.Context) (*gossip.EndPoint, error) {
	authority := metadata.ValueFromIncomingContext(ctx, ":authority")
	if len(authority) != 1 || authority[0] == "" {
		return nil, status.Error(codes.InvalidArgument, "the call does not say whom it is for")
	}
	host, text, err := net.SplitHostPort(authority[0])
	if err != nil {
		return &gossip.EndPoint{Address: authority[0], Port: defaultPort}, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "%q is no port", text)
	}
	return &gossip.EndPoint{Address: host, Port: uint32(port)}, nil
}
