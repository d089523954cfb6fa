package transport

import (
	"encoding/binary"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
)

// encoder turns records into messages. Clients choose how ids are written.
type encoder struct{ textIDs bool }

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
