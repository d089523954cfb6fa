package transport

import (
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
)

// encoder turns records into messages. Clients choose how ids are written.
type encoder struct{ textIDs bool }

// event is the message for a record. Its metadata always has a creation time:
// a client that misses it ends its whole process.
func (e encoder) event(r *eventnode.Record) *streams.ReadResp {
	at := uint64(r.Position)
	return &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: at},
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id:               e.id(r.ID),
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.Stream)},
			StreamRevision:   uint64(r.Revision),
			PreparePosition:  at,
			CommitPosition:   at,
			Metadata: map[string]string{
				"type":         r.Type,
				"content-type": contentType(r.Binary),
				"created":      strconv.FormatInt(r.RecordedAt.UnixMicro()*10, 10),
			},
			CustomMetadata: r.Metadata,
			Data:           r.Data,
		},
	}}}
}

func (e encoder) id(id uuid.UUID) *shared.UUID {
	if e.textIDs {
		return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
	}
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
	}}}
}

func contentType(binary bool) string {
	if binary {
		return "application/octet-stream"
	}
	return "application/json"
}

// parseID reads an id in either form; the zero id is none.
func parseID(id *shared.UUID) (out uuid.UUID, err error) {
	switch v := id.GetValue().(type) {
	case *shared.UUID_String_:
		out, err = uuid.Parse(v.String_)
	case *shared.UUID_Structured_:
		binary.BigEndian.PutUint64(out[:8], uint64(v.Structured.GetMostSignificantBits()))
		binary.BigEndian.PutUint64(out[8:], uint64(v.Structured.GetLeastSignificantBits()))
	}
	if err == nil && out == uuid.Nil {
		err = errors.New("the id is missing")
	}
	return out, err
}
