package transport

import (
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec of everything else
	"google.golang.org/grpc/mem"
)

// codec writes events straight from records: as generated messages they would
// take ten times as many allocations, and a client that catches up is sent
// nothing else. All other messages go the usual way.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(message any) (mem.BufferSlice, error) {
	if event, ok := message.(*eventMessage); ok {
		head, data := event.marshal()
		return mem.BufferSlice{mem.SliceBuffer(head), mem.SliceBuffer(data)}, nil
	}
	return c.CodecV2.Marshal(message)
}
