package transport

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
)

// seeds are the streams that every EventStoreDB has from its first start, in the
// order in which they are written. Suites and tools wait for them.
var seeds = []struct {
	stream, kind, data string
	binary             bool
}{
	{stream: "$user-admin", kind: "$UserCreated", data: `{"loginName":"admin","fullName":"Administrator","disabled":false,"groups":["$admins"]}`},
	{stream: "$users", kind: "$User", data: "admin", binary: true},
}

// Seed writes the streams $user-admin and $users, one event each, unless they are
// there: clients take them as the sign that a server is up. The user is a name
// only: who may come in, Credentials say. The ids are random, so that the first
// event of a store stays its own.
func Seed(ctx context.Context, node *eventnode.Node) error {
	for _, s := range seeds {
		e := eventnode.Event{Binary: s.binary}
		e.ID, e.Type, e.Data = uuid.New(), s.kind, []byte(s.data)
		_, err := node.AppendExpecting(ctx, s.stream, eventnode.NoStream, []eventnode.Event{e})
		if _, there := errors.AsType[*eventnode.WrongRevisionError](err); err != nil && !there {
			return fmt.Errorf("write %s: %w", s.stream, err)
		}
	}
	return nil
}
