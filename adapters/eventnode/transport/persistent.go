package transport

import (
	"context"
	"encoding/base64"
	"log/slog"
	"math"
	"strings"
	"unicode/utf8"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/persistent"
)

// persistentService implements the PersistentSubscriptions service; each call
// has a file of its own. Groups write to system streams only, and so may be
// made by whoever may read.
type persistentService struct {
	wire.UnimplementedPersistentSubscriptionsServer
	groups *persistent.Groups
}

const persistentName = "event_store.client.persistent_subscriptions.persistentsubscriptions"

// persistentMethods is what clients find of the service. The feature tells them
// that groups may read all streams.
var persistentMethods = []*serverfeatures.SupportedMethod{
	{ServiceName: persistentName, MethodName: "create", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "update", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "delete", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "read", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "getinfo", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "replayparked", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "list", Features: []string{"stream", "all"}},
	{ServiceName: persistentName, MethodName: "restartsubsystem"},
}

// newGroups returns the groups that all doors of one node share.
func newGroups(node *eventnode.Node, logger *slog.Logger) *persistent.Groups {
	return persistent.New(node, persistent.Options{Compile: compile, Logger: logger})
}

// compile makes a group's filter of the same kind as a subscription's.
func compile(f persistent.Filter) (persistent.Matcher, error) {
	expression := &streams.ReadReq_Options_FilterOptions_Expression{Regex: f.Regex, Prefix: f.Prefixes}
	options := &streams.ReadReq_Options_FilterOptions{CheckpointIntervalMultiplier: 1}
	options.Filter = &streams.ReadReq_Options_FilterOptions_StreamIdentifier{StreamIdentifier: expression}
	if f.ByType {
		options.Filter = &streams.ReadReq_Options_FilterOptions_EventType{EventType: expression}
	}
	compiled, err := newFilter(options)
	if err != nil {
		return nil, err
	}
	return func(r *eventnode.Record) bool {
		wanted, err := compiled.matches(context.Background(), r)
		// What takes too long to decide is handed out: nothing is lost unseen.
		return wanted || err != nil
	}, nil
}

// place is what every call names: a source and a group of it.
type place struct {
	source persistent.Source
	group  string
}

// placeOf reads a place. Without a stream it is all of them.
func placeOf(stream *shared.StreamIdentifier, all bool, group string) (place, error) {
	p := place{persistent.All, group}
	if !all {
		p.source = persistent.Source(stream.GetStreamName())
	}
	if p.source == "" || group == "" || !utf8.ValidString(string(p.source)) || !utf8.ValidString(group) {
		return p, status.Error(codes.InvalidArgument, "a stream and a group must be named")
	}
	return p, nil
}

// identity returns who calls.
func identity(ctx context.Context) persistent.Identity {
	who := persistent.Identity{User: "anonymous"}
	if caller, ok := peer.FromContext(ctx); ok {
		who.Address = caller.Addr.String()
	}
	if names := metadata.ValueFromIncomingContext(ctx, "connection-name"); len(names) > 0 {
		who.Connection = names[0]
	}
	if shown := metadata.ValueFromIncomingContext(ctx, "authorization"); len(shown) > 0 {
		_, encoded, _ := strings.Cut(shown[0], " ")
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if user, _, ok := strings.Cut(string(decoded), ":"); err == nil && ok && utf8.ValidString(user) {
			who.User = user
		}
	}
	return who
}

// clipped is n as a number of 32 bits.
func clipped[T int | int64](n T) int32 { return int32(min(int64(n), math.MaxInt32)) }
