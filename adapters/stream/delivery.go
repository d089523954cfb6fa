package stream

import (
	"context"
	"strconv"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"parley/domain/eventlog"
)

// Delivery is one message's batch.
type Delivery struct {
	Topic string
	// From is the position behind which the batch begins.
	From  eventlog.Position
	Batch eventlog.Batch

	failure error
}

// Fail says, before a negative acknowledgement, that the batch must not come
// again in this term.
func (d *Delivery) Fail(err error) { d.failure = err }

type deliveryKey struct{}

// FromContext returns the delivery of a message's context, or nil.
func FromContext(ctx context.Context) *Delivery {
	d, _ := ctx.Value(deliveryKey{}).(*Delivery)
	return d
}

// envelope returns the message of a delivery. Its id is that of the last event,
// so that it is the same however often it is sent.
func envelope(d *Delivery) *message.Message {
	id := watermill.NewUUID()
	if n := len(d.Batch.Events); n > 0 {
		id = d.Batch.Events[n-1].ID.String()
	}
	m := message.NewMessage(id, nil)
	m.Metadata.Set("from", strconv.FormatUint(uint64(d.From), 10))
	m.Metadata.Set("to", strconv.FormatUint(uint64(d.Batch.Position), 10))
	m.Metadata.Set("count", strconv.Itoa(len(d.Batch.Events)))
	return m
}
