package eventstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// The protocol's names for what a store says of its streams.
const (
	metaPrefix     = "$$"
	metadataType   = "$metadata"
	truncateBefore = "$tb"
)

// Truncate implements [eventlog.Log]: it is what "$tb" in the stream's metadata
// says. The rest of the metadata stays.
func (s *Store) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	e := s.present()
	for {
		_, err := ask(ctx, e, truncating, func(ctx context.Context, client *esdb.Client) (struct{}, error) {
			return struct{}{}, truncate(ctx, client, stream, before)
		})
		switch {
		case faultOf(err) == conflict: // somebody else wrote metadata meanwhile
		case err != nil:
			return fmt.Errorf("truncate %s: %w", stream, final(truncating, err))
		default:
			return nil
		}
	}
}

// truncate reads the stream's metadata and writes it again with a higher $tb, at
// the revision that it was read at.
func truncate(ctx context.Context, client *esdb.Client, stream string, before eventlog.Revision) error {
	said, revision, err := metadataOf(ctx, client, stream)
	if err != nil {
		return err
	}
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(said, &fields) != nil || fields == nil {
		fields = map[string]json.RawMessage{}
	}
	var now int64
	if json.Unmarshal(fields[truncateBefore], &now) == nil && now >= int64(before) {
		return nil
	}
	if fields[truncateBefore], err = json.Marshal(int64(before)); err != nil {
		return err
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	options := esdb.AppendToStreamOptions{ExpectedRevision: expectedRevision(revision)}
	if deadline, ok := remaining(ctx); ok {
		options.Deadline = &deadline
	}
	_, err = client.AppendToStream(byLeader(ctx), metaPrefix+stream, options, esdb.EventData{
		EventID: uuid.New(), EventType: metadataType, ContentType: esdb.ContentTypeJson, Data: data,
	})
	return err
}

// metadataOf returns what is said of a stream last, and where.
func metadataOf(ctx context.Context, client *esdb.Client, stream string) ([]byte, eventlog.Revision, error) {
	last, err := readPage(ctx, client, func(ctx context.Context, client *esdb.Client) (source, error) {
		options := esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}
		return plain(client.ReadStream(byLeader(ctx), metaPrefix+stream, options, 1))
	})
	switch {
	case faultOf(err) == missing || err == nil && len(last) == 0:
		return nil, eventlog.NoStream, nil
	case err != nil:
		return nil, 0, err
	}
	return last[0].Data, last[0].Revision, nil
}
