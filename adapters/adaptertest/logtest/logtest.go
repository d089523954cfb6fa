// Package logtest says which event store tests use: a node of their own, or the
// server whose connection string stands in PARLEY_TEST_EVENTSTORE.
//
// A named server may be used by others and hold what they wrote, tests of before
// among them. So who goes there has names that nobody else has, damages nothing,
// and expects nothing of what the log begins with.
package logtest

import (
	"os"

	"parley/adapters/eventnode"
)

// Env names the variable that points the tests at a server.
const Env = "PARLEY_TEST_EVENTSTORE"

// Named returns the connection string of the server, or "".
func Named() string { return os.Getenv(Env) }

// Stride is how far apart the positions of a node of tests are. A prime: what
// computes with positions does not meet one by chance.
const Stride = 977

// Spaced returns the configuration of a node whose positions cannot be guessed:
// they begin where 32 bits end, and no two of them follow each other.
func Spaced(dir string) eventnode.Config {
	return eventnode.Config{Dir: dir, FirstPosition: 1<<32 + Stride, Stride: Stride}
}
