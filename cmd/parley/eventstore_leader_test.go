package main_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
)

// cluster is one node behind two doors, of which one leads. The other says so in
// its gossip and refuses to write.
type cluster struct {
	doors   [2]*wire
	leader  atomic.Int32
	refused atomic.Int32 // appends, by the door that did not lead
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	node, err := eventnode.Open(logtest.Spaced(t.TempDir()))
	opened(t, node, err)
	for i := range c.doors {
		c.doors[i] = &wire{config: transport.Config{Writable: true, Options: []grpc.ServerOption{
			grpc.ChainUnaryInterceptor(c.gossip), grpc.ChainStreamInterceptor(c.onlyIfLeading(int32(i))),
		}}}
		c.doors[i].serve(t, node)
	}
	return c
}

// address names both doors.
func (c *cluster) address() string { return c.doors[0].address + "," + c.doors[1].address }

// change makes the other door the leader.
func (c *cluster) change() { c.leader.Store(1 - c.leader.Load()) }

// gossip tells who leads.
func (c *cluster) gossip(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if info.FullMethod != "/event_store.client.gossip.Gossip/Read" {
		return handler(ctx, req)
	}
	told := &gossip.ClusterInfo{}
	for i, door := range c.doors {
		host, port := door.endpoint()
		member := &gossip.MemberInfo{State: gossip.MemberInfo_Follower, IsAlive: true, HttpEndPoint: &gossip.EndPoint{Address: host, Port: uint32(port)}}
		if int32(i) == c.leader.Load() {
			member.State = gossip.MemberInfo_Leader
		}
		told.Members = append(told.Members, member)
	}
	return told, nil
}

// endpoint returns the host and the port of a door.
func (w *wire) endpoint() (host string, port uint64) {
	host, text, _ := net.SplitHostPort(w.address)
	port, _ = strconv.ParseUint(text, 10, 16)
	return host, port
}

// onlyIfLeading refuses appends at a door that does not lead, when they have been
// received to their end, and names the leader.
func (c *cluster) onlyIfLeading(door int32) grpc.StreamServerInterceptor {
	return func(srv any, call grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		leader := c.leader.Load()
		if leader == door || !strings.HasSuffix(info.FullMethod, "/Append") {
			return handler(srv, call)
		}
		for {
			if err := call.RecvMsg(&streams.AppendReq{}); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
		}
		c.refused.Add(1)
		host, port := c.doors[leader].endpoint()
		call.SetTrailer(metadata.Pairs("exception", "not-leader",
			"leader-endpoint-host", host, "leader-endpoint-port", strconv.FormatUint(port, 10)))
		return status.Error(codes.NotFound, "this node does not lead")
	}
}

// The leader changes under load, in peace and because it dies: everybody turns to
// the new one by oneself, and nothing is lost or doubled. The test is not parallel,
// so that goroutines left behind are its own.
func TestEventStore_follows_the_leader(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("under load", func(t *testing.T) {
		c := startCluster(t)
		l := startLoad(t, openStore(t, c.address()), 32, 8)
		l.awaitProgress("with the first leader")
		for range chaostest.Cycles(2, 30) {
			c.change()
			l.awaitProgress("with another leader")
			old := c.doors[c.leader.Load()]
			c.change()
			old.stop(t)
			l.awaitProgress("with another leader, the old one dead")
			old.start(t)
		}
		if c.refused.Load() == 0 {
			t.Error("nobody ever asked one that did not lead")
		}
		l.finish(c.doors[0].node)
		l.report("leader changes, told by not-leader and by the old leader's death")
	})
	goleak.VerifyNone(t, untouched, forgotten, retrying)
}
