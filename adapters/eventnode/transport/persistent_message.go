package transport

import (
	"strconv"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/persistent"
)

// message is what a consumer is sent: a link beside its target if it was
// followed, or alone if the target is gone.
func (c *consuming) message(e *persistent.Event) *wire.ReadResp {
	m := &wire.ReadResp_ReadEvent{
		Position: &wire.ReadResp_ReadEvent_CommitPosition{CommitPosition: uint64(e.Original.Position)},
		Count:    &wire.ReadResp_ReadEvent_RetryCount{RetryCount: e.Retries},
	}
	switch {
	case !e.Resolved:
		m.Event = c.recorded(&e.Original)
	case e.Target != nil:
		m.Event, m.Link = c.recorded(e.Target), c.recorded(&e.Original)
	default:
		m.Link = c.recorded(&e.Original)
	}
	return &wire.ReadResp{Content: &wire.ReadResp_Event{Event: m}}
}

// recorded always has a creation time: a client that misses it ends its whole
// process.
func (c *consuming) recorded(r *eventnode.Record) *wire.ReadResp_ReadEvent_RecordedEvent {
	return &wire.ReadResp_ReadEvent_RecordedEvent{
		Id:               c.id(r.ID),
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.Stream)},
		StreamRevision:   uint64(r.Revision),
		PreparePosition:  uint64(r.Position),
		CommitPosition:   uint64(r.Position),
		Metadata: map[string]string{
			"type":         r.Type,
			"content-type": contentType(r.Binary),
			"created":      strconv.FormatInt(r.RecordedAt.UnixMicro()*10, 10),
		},
		CustomMetadata: r.Metadata,
		Data:           r.Data,
	}
}
