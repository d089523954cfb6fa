package transport

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/protobuf/types/known/emptypb"

	"parley/adapters/eventnode"
)

// wrongVersion is the details of an expectation that did not hold.
func wrongVersion(wrong *eventnode.WrongRevisionError) *shared.WrongExpectedVersion {
	empty, m := &emptypb.Empty{}, &shared.WrongExpectedVersion{}
	if wrong.Current >= 0 {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(wrong.Current)}
	} else {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty}
	}
	switch wrong.Expected {
	case eventnode.NoStream:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty}
	case eventnode.Any:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: empty}
	case eventnode.StreamExists:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty}
	default:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: uint64(wrong.Expected)}
	}
	return m
}
