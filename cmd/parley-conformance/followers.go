package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// followerPorts are the addresses of a cluster in the Go client's suite.
var followerPorts = []uint32{2111, 2112, 2113}

// followers look like all members of a cluster but the leader, which is a real
// node: they name it to whoever looks for it and refuse everything else. So a
// client's way to the leader can be judged although a node has no followers.
type followers struct {
	gossip.UnimplementedGossipServer
	serverfeatures.UnimplementedServerFeaturesServer
	leader  *gossip.EndPoint
	toward  serverfeatures.ServerFeaturesClient
	conn    *grpc.ClientConn
	servers []*grpc.Server
}

// openFollowers listens on all ports, which must be free.
func openFollowers(l *lab, leader string) (*followers, error) {
	host, text, err := net.SplitHostPort(leader)
	if err != nil {
		return nil, fmt.Errorf("the leader's address: %w", err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("the leader's address: %w", err)
	}
	f := &followers{leader: &gossip.EndPoint{Address: host, Port: uint32(port)}}
	trust := credentials.NewTLS(&tls.Config{RootCAs: l.root.Trusting()})
	if f.conn, err = grpc.NewClient(leader, grpc.WithTransportCredentials(trust)); err != nil {
		return nil, fmt.Errorf("connect to the leader: %w", err)
	}
	f.toward = serverfeatures.NewServerFeaturesClient(f.conn)
	own, err := credentials.NewServerTLSFromFile(l.cert, l.key)
	if err != nil {
		return nil, fmt.Errorf("read the node's key: %w", err)
	}
	for _, port := range followerPorts {
		if err := f.open(port, own); err != nil {
			f.close()
			return nil, err
		}
	}
	return f, nil
}

func (f *followers) open(port uint32, own credentials.TransportCredentials) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("localhost", fmt.Sprint(port)))
	if err != nil {
		return fmt.Errorf("the cluster's suite needs the port: %w", err)
	}
	server := grpc.NewServer(grpc.Creds(own), grpc.UnknownServiceHandler(f.refuse))
	gossip.RegisterGossipServer(server, f)
	serverfeatures.RegisterServerFeaturesServer(server, f)
	f.servers = append(f.servers, server)
	go func() { _ = server.Serve(listener) }()
	return nil
}

func (f *followers) close() {
	for _, s := range f.servers {
		s.Stop()
	}
	_ = f.conn.Close()
}

// Read implements gossip.GossipServer.
func (f *followers) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	members := []*gossip.MemberInfo{{State: gossip.MemberInfo_Leader, IsAlive: true, HttpEndPoint: f.leader}}
	for _, port := range followerPorts {
		members = append(members, &gossip.MemberInfo{
			State: gossip.MemberInfo_Follower, IsAlive: true, HttpEndPoint: &gossip.EndPoint{Address: "localhost", Port: port},
		})
	}
	return &gossip.ClusterInfo{Members: members}, nil
}

// GetSupportedMethods implements serverfeatures.ServerFeaturesServer.
func (f *followers) GetSupportedMethods(ctx context.Context, _ *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return f.toward.GetSupportedMethods(ctx, &shared.Empty{})
}

// refuse names the leader, as a follower does that is asked to write.
func (f *followers) refuse(_ any, call grpc.ServerStream) error {
	_ = call.RecvMsg(&shared.Empty{})
	call.SetTrailer(metadata.Pairs("exception", "not-leader",
		"leader-endpoint-host", f.leader.Address, "leader-endpoint-port", fmt.Sprint(f.leader.Port)))
	return status.Error(codes.NotFound, "the leader is another node")
}
