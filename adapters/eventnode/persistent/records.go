package persistent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// checkpointType is the type of a checkpoint: a number, the revision or position
// up to which everything is handled.
const checkpointType = "$SubscriptionCheckpoint"

// records are a group's own streams in the store.
type records struct {
	node *eventnode.Node
	key  key
}

// begin reads where a group goes on.
func (r records) begin(ctx context.Context, e *entry) (start, error) {
	from := start{after: e.After, parked: e.ParkedFrom, end: e.ParkedFrom}
	last, ok, err := r.last(ctx, r.key.checkpoints())
	if err != nil {
		return from, err
	}
	if ok && last.Position > e.created {
		if err := json.Unmarshal(last.Data, &from.after); err != nil {
			return from, fmt.Errorf("read checkpoint of %s: %w", e.Group, err)
		}
		from.stood = true
	}
	end, err := r.parkedEnd(ctx)
	if err != nil {
		return from, err
	}
	from.end = max(from.end, end)
	from.parked = from.end
	for first, err := range r.node.Stream(ctx, r.key.parked(), eventlog.Revision(e.ParkedFrom), 1) {
		if err != nil {
			return from, fmt.Errorf("read parked events: %w", err)
		}
		from.parked = max(e.ParkedFrom, int64(first.Revision))
	}
	return from, nil
}

// parkedEnd returns the revision of the next link, also when all before it are
// forgotten.
func (r records) parkedEnd(ctx context.Context) (int64, error) {
	_, last, err := r.node.Extent(ctx, r.key.parked())
	if err != nil {
		return 0, fmt.Errorf("read parked events: %w", err)
	}
	return int64(last) + 1, nil
}

// last reads the last event of a stream.
func (r records) last(ctx context.Context, stream string) (eventnode.Record, bool, error) {
	for record, err := range r.node.StreamBackwards(ctx, stream, math.MaxInt64, 1) {
		if err != nil {
			return record, false, fmt.Errorf("read last of %s: %w", stream, err)
		}
		return record, true, nil
	}
	return eventnode.Record{}, false, nil
}

// checkpoint writes up to where everything is handled. Of old ones a few remain.
func (r records) checkpoint(ctx context.Context, at int64) error {
	data, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	appended, err := r.append(ctx, r.key.checkpoints(), newEvent(checkpointType, data))
	if err == nil && appended.Revision == 0 {
		_, err = r.append(ctx, "$$"+r.key.checkpoints(), newEvent("$metadata", []byte(`{"$maxCount":5}`)))
	}
	return err
}

// park writes links to events and returns the last one's revision. Sent again
// after a failure, they are recognised by their ids.
func (r records) park(ctx context.Context, items []*item, now time.Time) (int64, error) {
	last := int64(-1)
	for len(items) > 0 {
		n := min(len(items), maxLinks)
		links := make([]eventnode.Event, n)
		for i, it := range items[:n] {
			link, err := linkTo(it, now)
			if err != nil {
				return last, err
			}
			links[i] = link
		}
		appended, err := r.append(ctx, r.key.parked(), links...)
		if err != nil {
			return last, err
		}
		last, items = int64(appended.Revision), items[n:]
	}
	return last, nil
}

// maxReason is how much of a consumer's reason is kept, and maxLinks how many
// links are written at once: far below what one append may carry.
const (
	maxReason = 512
	maxLinks  = 100
)

// linkTo makes the link that stands for a parked event: to its target, or the
// same as a link whose target is gone.
func linkTo(it *item, now time.Time) (eventnode.Event, error) {
	data := it.Original.Data
	if !it.Resolved || it.Target != nil {
		target := it.record()
		data = fmt.Appendf(nil, "%d@%s", target.Revision, target.Stream)
	}
	link := newEvent(eventnode.LinkType, data)
	link.ID, link.Binary = it.link, true
	var err error
	link.Metadata, err = json.Marshal(struct {
		Added  time.Time `json:"added"`
		Reason string    `json:"reason"`
		Number int64     `json:"subscriptionEventNumber"`
	}{now, it.reason[:min(len(it.reason), maxReason)], int64(it.Original.Revision)})
	return link, err
}

// trim forgets the parked links below a revision.
func (r records) trim(ctx context.Context, below int64) error {
	_, err := r.append(ctx, "$$"+r.key.parked(), newEvent("$metadata", fmt.Appendf(nil, `{"$tb":%d}`, below)))
	return err
}

// clear forgets what a deleted group has left. What of it fails does no harm:
// a new group of the same name passes over it.
func (r records) clear(ctx context.Context) error {
	var failed []error
	for stream, format := range map[string]string{r.key.checkpoints(): `{"$maxCount":5,"$tb":%d}`, r.key.parked(): `{"$tb":%d}`} {
		last, ok, err := r.last(ctx, stream)
		if err == nil && ok {
			_, err = r.append(ctx, "$$"+stream, newEvent("$metadata", fmt.Appendf(nil, format, last.Revision+1)))
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (r records) append(ctx context.Context, stream string, events ...eventnode.Event) (eventlog.Appended, error) {
	appended, err := r.node.AppendExpecting(context.WithoutCancel(ctx), stream, eventnode.Any, events)
	if err != nil {
		return appended, fmt.Errorf("write %s: %w", stream, err)
	}
	return appended, nil
}

// replayed reads parked events from a revision on.
func (r records) replayed(ctx context.Context, from int64, count int) (page, error) {
	p := page{reached: from + int64(count) - 1}
	for record, err := range r.node.Stream(ctx, r.key.parked(), eventlog.Revision(from), count) {
		if err != nil {
			return p, fmt.Errorf("read parked events: %w", err)
		}
		// Events before the asked revision would be those of a cut stream's start.
		if record.Type != eventnode.LinkType || int64(record.Revision) > p.reached {
			continue
		}
		it := &item{at: int64(record.Revision), Event: Event{Original: record}}
		if err := follow(ctx, r.node, &it.Event); err != nil {
			return p, err
		}
		p.add(it)
		if p.full(count) {
			p.reached = it.at
			break
		}
	}
	return p, nil
}
