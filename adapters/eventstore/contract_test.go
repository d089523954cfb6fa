package eventstore_test

import (
	"testing"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/nodetest"
	"parley/domain/eventlog"
)

// The store keeps the port's contract on a server that says no more than a real one
// of 23.10 does, and refuses what that refuses.
func TestStore_keeps_the_contract_on_a_server_of_23_10(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) nodetest.Operated {
		s := serve(t)
		s.asOf2310()
		return nodetest.Operated{Log: s.store(), Node: s.node}
	}
	adaptertest.EventLog(t, func(t *testing.T) eventlog.Log { return open(t) })
	adaptertest.EventLogOperated(t, open)
	adaptertest.EventLogScavenged(t, open)
}
