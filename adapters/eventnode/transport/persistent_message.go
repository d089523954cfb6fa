package transport

import (
	"strconv"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/persistent"
	"parley/domain/eventlog"
)

// message is what a consumer is sent: a link beside its target if it was
// followed, or alone if the target is gone. Both are given the link's position,
// which is that of the delivery.
func (c *consuming) message(e *persistent.Event) *wire.ReadResp {
	m := &wire.ReadResp_ReadEvent{
		Position: &wire.ReadResp_ReadEvent_CommitPosition{CommitPosition: uint64(e.Original.Position)},
		Count:    &wire.ReadResp_ReadEvent_RetryCount{RetryCount: e.Retries},
	}
	switch {
	case !e.Resolved:
		m.Event = c.recorded(&e.Original, e.Original.Position)
	case e.Target != nil:
		m.Event, m.Link = c.recorded(e.Target, e.Original.Position), c.recorded(&e.Original, e.Original.Position)
	default:
		m.Link = c.recorded(&e.Original, e.Original.Position)
	}
	return &wire.ReadResp{Content: &wire.ReadResp_Event{Event: m}}
}

// recorded always has a creation time: a client that misses it ends its whole
// process.
func (c *consuming) recorded(r *eventnode.Record, at eventlog.Position) *wire.ReadResp_ReadEvent_RecordedEvent {
	return &wire.ReadResp_ReadEvent_RecordedEvent{
		Id:               c.id(r.ID),
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.Stream)},
		StreamRevision:   uint64(r.Revision),
		PreparePosition:  uint64(at),
		CommitPosition:   uint64(at),
		Metadata: map[string]string{
			"type":         r.Type,
			"content-type": contentType(r.Binary),
			"created":      strconv.FormatInt(r.RecordedAt.UnixMicro()*10, 10),
		},
		CustomMetadata: r.Metadata,
		Data:           r.Data,
	}
}
