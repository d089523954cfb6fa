package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/persistent"
)

// maxMessage is the largest message in either direction; official clients use
// the same limit.
const maxMessage = 17 << 20

// callWorkers is how many goroutines wait for calls. Their stacks have grown
// already; calls beyond that, such as subscriptions, have a goroutine of their
// own.
const callWorkers = 64

// Config says what outside clients may do.
type Config struct {
	// Writable lets clients append to every stream. Without it they may read
	// all, but append neither to the product's streams nor to system streams.
	Writable bool
	// Credentials are asked for on connections that a TLS listener accepted.
	// The zero value lets everybody in there, too.
	Credentials Credentials
	// Version2310 is for tests alone. Subscriptions then tell as little as those of
	// EventStoreDB 23.10, so that no client comes to rely on more: one with a filter
	// sends no checkpoint for having caught up, and one to a stream that does not
	// exist or is deleted does not say that it has caught up before the stream is
	// there.
	Version2310 bool
	// BatchLimit is how long one append of a BatchAppend call may take from its
	// first part to its answer; its client may set a shorter time for each.
	// Default: 30 s.
	BatchLimit time.Duration
	// Options are added to the gRPC server's own.
	Options []grpc.ServerOption
	// Logger receives faults of the server. Default: nothing is logged.
	Logger *slog.Logger
}

// Server serves one node to official clients, on any number of listeners. All
// methods are safe for concurrent use.
type Server struct {
	grpc    *grpc.Server
	stopped context.Context // ends when Stop begins: so do subscriptions
	stop    context.CancelFunc
	groups  *persistent.Groups
}

// New returns a server of the node, which must outlive it.
func New(node *eventnode.Node, cfg Config) *Server {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.BatchLimit <= 0 {
		cfg.BatchLimit = batchLimit
	}
	s := &Server{groups: newGroups(node, cfg.Logger)}
	s.stopped, s.stop = context.WithCancel(context.Background())
	s.grpc = grpc.NewServer(append(options(cfg), cfg.Options...)...)
	serverfeatures.RegisterServerFeaturesServer(s.grpc, features{})
	gossip.RegisterGossipServer(s.grpc, members{instance: uuid.New()})
	wire.RegisterPersistentSubscriptionsServer(s.grpc, &persistentService{groups: s.groups})
	streams.RegisterStreamsServer(s.grpc, &service{node: node, cfg: cfg, stopped: s.stopped, connections: newConnections()})
	return s
}

func options(cfg Config) []grpc.ServerOption {
	all := []grpc.ServerOption{
		grpc.Creds(newDoor()),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.NumStreamWorkers(callWorkers),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		// Clients ping every 10 s, also when idle; the default policy would cut
		// them off.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
	}
	if cfg.Credentials != (Credentials{}) {
		g := newGuard(cfg.Credentials)
		all = append(all, grpc.ChainUnaryInterceptor(g.unary), grpc.ChainStreamInterceptor(g.stream))
	}
	log := faultLog{cfg.Logger}
	return append(all, grpc.ChainUnaryInterceptor(log.unary), grpc.ChainStreamInterceptor(log.stream))
}

// Serve answers clients on the listener until Stop, then returns nil. Any other
// end is an error. A listener of crypto/tls makes its connections secured ones;
// its configuration must offer the protocol h2.
func (s *Server) Serve(listener net.Listener) error {
	err := s.grpc.Serve(listener)
	if err == nil || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return fmt.Errorf("serve event store clients: %w", err)
}

// Stop refuses new calls, ends all subscriptions, writes how far persistent ones
// have come, lets other calls finish until the context ends and then cuts what
// is left.
func (s *Server) Stop(ctx context.Context) {
	s.stop()
	s.groups.Close()
	cut := context.AfterFunc(ctx, s.grpc.Stop)
	defer cut()
	s.grpc.GracefulStop()
}
