package transport

import (
	"context"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protowire"

	"parley/domain/eventlog"
)

// live returns the call's context, ended also when the server stops.
func (r *reading) live() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(r.call.Context())
	undo := context.AfterFunc(r.stopped, func() { cancel(errStopping) })
	return ctx, func() { undo(); cancel(nil) }
}

// ended returns why a subscription is over: the server's stop is told as such.
func (r *reading) ended(err error) error {
	if err != nil && r.stopped.Err() != nil && r.call.Context().Err() == nil {
		return errStopping
	}
	return err
}

func (r *reading) confirm() error {
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()},
	}})
}

// Fields of a caught-up message that newer clients read. The message of the
// client in use has none, so they are written as unknown fields.
const (
	caughtUpTime     = 1
	caughtUpRevision = 2
	caughtUpPosition = 3
)

// caughtUp tells that what follows is live. Exactly one of revision (of a
// stream) and position (of all streams) is given; a negative revision is none.
func (r *reading) caughtUp(revision eventlog.Revision, position eventlog.Position) error {
	now := time.Now()
	var stamp []byte
	stamp = protowire.AppendTag(stamp, 1, protowire.VarintType)
	stamp = protowire.AppendVarint(stamp, uint64(now.Unix()))
	stamp = protowire.AppendTag(stamp, 2, protowire.VarintType)
	stamp = protowire.AppendVarint(stamp, uint64(now.Nanosecond()))
	fields := protowire.AppendTag(nil, caughtUpTime, protowire.BytesType)
	fields = protowire.AppendBytes(fields, stamp)
	if revision >= 0 {
		fields = protowire.AppendTag(fields, caughtUpRevision, protowire.VarintType)
		fields = protowire.AppendVarint(fields, uint64(revision))
	}
	if position > 0 {
		fields = protowire.AppendTag(fields, caughtUpPosition, protowire.BytesType)
		fields = protowire.AppendBytes(fields, positionField(position))
	}
	m := &streams.ReadResp_CaughtUp{}
	m.ProtoReflect().SetUnknown(fields)
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: m}})
}

// positionField writes a position: commit, then prepare.
func positionField(position eventlog.Position) (b []byte) {
	for field := protowire.Number(1); field <= 2; field++ {
		b = protowire.AppendTag(b, field, protowire.VarintType)
		b = protowire.AppendVarint(b, uint64(position))
	}
	return b
}
