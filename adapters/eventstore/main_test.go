package eventstore_test

import (
	"testing"

	"go.uber.org/goleak"
)

// What is left of a connection that the official client forgets to close when it
// replaces it by itself: a goroutine that waits for callbacks, and one that waits
// for its next try while the server is away.
var (
	forgotten = goleak.IgnoreTopFunction("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run")
	retrying  = goleak.IgnoreTopFunction("google.golang.org/grpc.(*addrConn).resetTransportAndUnlock")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, forgotten, retrying) }
