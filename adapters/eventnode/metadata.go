package eventnode

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"

	"parley/domain/eventlog"
)

// Names and types that the protocol gives to what the store says of its streams.
const (
	metaPrefix   = "$$"
	metadataType = "$metadata"
	deletedType  = "$streamDeleted"
)

// tombstone is the revision of a tombstone record, behind every other; as $tb it
// means that the stream is deleted.
const tombstone = math.MaxInt64

// Metadata is what the last event of "$$stream" says of a stream. Metadata that
// is not a JSON object, or has one field out of its range, says nothing at all,
// as in the real server.
type Metadata struct {
	MaxCount       int64             // $maxCount: only the last so many events are read; 0: all
	MaxAge         time.Duration     // $maxAge, whole seconds: only younger events are read; 0: all
	TruncateBefore eventlog.Revision // $tb: earlier events are not read
	CacheControl   time.Duration     // $cacheControl, whole seconds: kept for clients only
	ACL            json.RawMessage   // $acl as it was written: kept for clients only
	Raw            []byte            // the event's data
	Revision       eventlog.Revision // of the metadata event in "$$stream", or NoStream
}

// Deleted reports whether the stream has been deleted and not been appended to
// since.
func (m *Metadata) Deleted() bool { return m.TruncateBefore == tombstone }

// Metadata returns what "$$stream" says; without it all is zero and Revision is
// NoStream. A tombstoned stream answers [StreamDeletedError].
func (n *Node) Metadata(ctx context.Context, stream string) (Metadata, error) {
	if err := n.readable(ctx); err != nil {
		return Metadata{}, err
	}
	s, err := n.store.standing(ctx, stream)
	if err != nil {
		return Metadata{}, n.explain(ctx, err)
	}
	if s.tombstoned {
		return Metadata{}, &StreamDeletedError{Stream: stream}
	}
	return s.metadata, nil
}

// parseMetadata reads the data of a metadata event.
func parseMetadata(raw []byte, revision eventlog.Revision) Metadata {
	none := Metadata{Raw: raw, Revision: revision}
	var fields struct {
		MaxCount       *int64          `json:"$maxCount"`
		MaxAge         *int64          `json:"$maxAge"`
		TruncateBefore *int64          `json:"$tb"`
		CacheControl   *int64          `json:"$cacheControl"`
		ACL            json.RawMessage `json:"$acl"`
	}
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) || json.Unmarshal(raw, &fields) != nil {
		return none
	}
	m, whole := none, true
	read := func(given *int64, least, most int64) int64 {
		if given == nil {
			return 0
		}
		whole = whole && *given >= least && *given <= most
		return *given
	}
	const maxSeconds = int64(1<<63-1) / int64(time.Second)
	m.MaxCount = read(fields.MaxCount, 1, tombstone)
	m.MaxAge = time.Duration(read(fields.MaxAge, 1, maxSeconds)) * time.Second
	m.TruncateBefore = eventlog.Revision(read(fields.TruncateBefore, 0, tombstone))
	m.CacheControl = time.Duration(read(fields.CacheControl, 1, maxSeconds)) * time.Second
	m.ACL = fields.ACL
	if !whole {
		return none
	}
	return m
}

func isMeta(stream string) bool            { return strings.HasPrefix(stream, metaPrefix) }
func metaOf(stream string) string          { return metaPrefix + stream }
func describedBy(metaStream string) string { return metaStream[len(metaPrefix):] }
