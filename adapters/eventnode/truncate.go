package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Truncate implements [eventlog.Log]: it is what "$tb" in the stream's metadata
// says. The rest of the metadata stays, and what is deleted stays deleted.
func (n *Node) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	if err := n.truncate(ctx, stream, before); err != nil {
		return fmt.Errorf("truncate %s: %w", stream, ended(err))
	}
	return nil
}

func (n *Node) truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	for {
		m, err := n.Metadata(ctx, stream)
		if err != nil || m.TruncateBefore >= before {
			return err
		}
		data, err := truncating(m.Raw, before)
		if err != nil {
			return err
		}
		_, err = n.AppendExpecting(ctx, metaOf(stream), Expectation(m.Revision), []Event{{
			NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: metadataType, Data: data},
		}})
		if _, raced := errors.AsType[*WrongRevisionError](err); !raced {
			return err
		}
	}
}

// truncating returns the metadata with $tb at a revision. What is no JSON object
// says nothing, and is replaced.
func truncating(said []byte, before eventlog.Revision) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(said, &fields) != nil || fields == nil {
		fields = map[string]json.RawMessage{}
	}
	at, err := json.Marshal(int64(before))
	if err != nil {
		return nil, err
	}
	fields["$tb"] = at
	return json.Marshal(fields)
}
