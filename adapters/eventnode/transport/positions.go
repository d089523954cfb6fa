package transport

import (
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"parley/domain/eventlog"
)

// serverPage is how many events the real server reads at once. It shows in where
// it tells that a stream begins later than it was asked for.
const serverPage = 32

// wantsPositions reports whether the client can read messages about positions:
// others take them for a fault.
func (r *reading) wantsPositions() bool {
	return r.options.GetControlOption().GetCompatibility() >= 1
}

// tellFirst tells where a stream begins, as the real server does: when its first
// page forwards has no event, because they have been truncated or because the
// read starts behind the last.
func (r *reading) tellFirst(from, first, last eventlog.Revision) error {
	if r.backwards() || !r.wantsPositions() {
		return nil
	}
	begins := first
	if from > last {
		begins = last + 1
	} else if first-from < eventlog.Revision(min(r.options.GetCount(), serverPage)) {
		return nil
	}
	if begins == from {
		return nil
	}
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_FirstStreamPosition{FirstStreamPosition: uint64(begins)}})
}

// tellLast tells the stream's last revision once the events have been sent.
func (r *reading) tellLast(last eventlog.Revision) error {
	if !r.wantsPositions() {
		return nil
	}
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_LastStreamPosition{LastStreamPosition: uint64(last)}})
}
