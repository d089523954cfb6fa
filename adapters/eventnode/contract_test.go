package eventnode_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/nodetest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestMain(m *testing.M) {
	if role := childRole(); role != nil {
		role()
		return
	}
	goleak.VerifyTestMain(m)
}

// The node keeps the port's contract, numbered densely and with gaps.
func TestNode_keeps_the_contract(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]eventnode.Config{
		"dense positions":          {},
		"seeded and spaced by 977": {FirstPosition: 5_000_000_000, Stride: 977},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := func(t *testing.T) nodetest.Operated {
				own := cfg
				own.Dir = t.TempDir()
				node := openNode(t, own)
				return nodetest.Operated{Log: node, Node: node}
			}
			adaptertest.EventLog(t, func(t *testing.T) eventlog.Log { return open(t) })
			adaptertest.EventLogOperated(t, open)
			adaptertest.EventLogScavenged(t, open)
		})
	}
}
