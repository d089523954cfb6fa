package commands

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"parley/domain"
	"parley/domain/eventlog"
)

// watch follows what is said of the streams of this service with the store's own
// tools, and tells the repositories of those that may have lost their beginning. It
// is behind nobody: what it has not met yet, the next cold read of a stream does.
func (f *Follower) watch(ctx context.Context, during *era) error {
	sub, err := f.log.Follow(ctx, f.place.watched(), metadataPrefix+domain.StreamPrefix)
	if err != nil {
		return err
	}
	defer sub.Close()
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		for i := range batch.Events {
			if err := f.suspect(ctx, &batch.Events[i]); err != nil {
				return err
			}
		}
		if err := f.eras.in(during, func() { f.place.watch(batch.Position) }); err != nil {
			return err
		}
	}
}

// suspect tells the repositories what was said of a stream, until they could look.
// What else fails is met again by who needs the stream.
func (f *Follower) suspect(ctx context.Context, said *eventlog.Recorded) error {
	doubt := doubtOf(said.Data)
	name, id, ok := aggregateOf(strings.TrimPrefix(said.Stream, metadataPrefix))
	if doubt == noDoubt || !ok {
		return nil
	}
	for _, o := range f.observersOf(name) {
		for {
			err := o.suspect(ctx, id, doubt)
			if errors.Is(err, eventlog.ErrLogChanged) {
				return err
			}
			if domain.CodeOf(err) != domain.CodeUnavailable {
				break
			}
			if err := delay(ctx, tailPause); err != nil {
				return err
			}
		}
	}
	return nil
}

// doubtOf returns what metadata of a stream leaves to doubt.
func doubtOf(metadata []byte) int32 {
	var limits struct {
		TruncateBefore json.RawMessage `json:"$tb"`
		MaxCount       json.RawMessage `json:"$maxCount"`
		MaxAge         json.RawMessage `json:"$maxAge"`
	}
	switch {
	case json.Unmarshal(metadata, &limits) != nil:
		return noDoubt
	case limits.MaxCount != nil, limits.MaxAge != nil:
		return lasting
	case limits.TruncateBefore != nil:
		return brief
	}
	return noDoubt
}
