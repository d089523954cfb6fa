package eventnode

import (
	"fmt"
	"strconv"

	"parley/domain/eventlog"
)

// Expectation is what an append expects of its stream: the revision of the last
// event, or one of [NoStream], [Any] and [StreamExists].
type Expectation int64

// The expectations that name no revision. Only outside clients use Any and
// StreamExists: a repetition under them is recognised by ids in memory, among
// the recent ones, and so not for ever.
const (
	NoStream     = Expectation(eventlog.NoStream)
	Any          = Expectation(-2)
	StreamExists = Expectation(-4)
)

// String names the expectation as the protocol's error texts do.
func (e Expectation) String() string {
	switch e {
	case NoStream:
		return "no stream"
	case Any:
		return "any"
	case StreamExists:
		return "stream exists"
	}
	return strconv.FormatInt(int64(e), 10)
}

// WrongRevisionError says that an expectation did not hold and what the
// stream's last revision was. Nothing was written.
type WrongRevisionError struct {
	Stream   string
	Expected Expectation
	Current  eventlog.Revision
}

// Error implements error.
func (e *WrongRevisionError) Error() string {
	return fmt.Sprintf("stream %s is at revision %d, expected was %s", e.Stream, e.Current, e.Expected)
}
