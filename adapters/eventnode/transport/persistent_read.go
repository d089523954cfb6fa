package transport

import (
	"context"
	"errors"
	"io"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/persistent"
)

// Read implements wire.PersistentSubscriptionsServer: it connects a consumer.
// The client says which group; then events go one way and what became of them
// comes the other way, until the client leaves or the group drops it.
func (s *persistentService) Read(call wire.PersistentSubscriptions_ReadServer) error {
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	if options == nil || options.GetBufferSize() < 1 {
		return status.Error(codes.InvalidArgument, "a consumer needs options with a buffer size above 0")
	}
	p, err := placeOf(options.GetStreamIdentifier(), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return err
	}
	consumer, err := s.groups.Connect(call.Context(), p.source, p.group, identity(call.Context()), int(options.GetBufferSize()))
	if err != nil {
		return failGroup(call, p, err)
	}
	defer consumer.Close()
	_, textIDs := options.GetUuidOption().GetContent().(*wire.ReadReq_Options_UUIDOption_String_)
	c := &consuming{call: call, consumer: consumer, encoder: encoder{textIDs: textIDs}}
	return failGroup(call, p, c.run(string(p.source)+"::"+p.group))
}

// consuming is one call of Read.
type consuming struct {
	encoder
	call     wire.PersistentSubscriptions_ReadServer
	consumer *persistent.Consumer
}

// errLeft ends a call whose client has said all that it wants to say.
var errLeft = errors.New("the consumer has left")

// run sends events. Acknowledgements are received beside it, by a goroutine that
// ends with the call.
func (c *consuming) run(id string) error {
	confirmation := &wire.ReadResp_SubscriptionConfirmation{SubscriptionId: id}
	if err := c.call.Send(&wire.ReadResp{Content: &wire.ReadResp_SubscriptionConfirmation_{SubscriptionConfirmation: confirmation}}); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(c.call.Context())
	defer end(nil)
	go func() { end(c.receive(ctx)) }()
	for {
		event, err := c.consumer.Next(ctx)
		if err == nil {
			err = c.call.Send(c.message(&event))
		}
		switch {
		case err == nil:
		case errors.Is(context.Cause(ctx), errLeft):
			return nil
		case ctx.Err() != nil && c.call.Context().Err() == nil:
			return context.Cause(ctx)
		default:
			return err
		}
	}
}

// receive takes what the client says about events until it says no more.
func (c *consuming) receive(ctx context.Context) error {
	for {
		msg, err := c.call.Recv()
		if errors.Is(err, io.EOF) {
			return errLeft
		}
		if err == nil {
			err = c.hear(ctx, msg)
		}
		if err != nil {
			return err
		}
	}
}

func (c *consuming) hear(ctx context.Context, msg *wire.ReadReq) error {
	ack, nack := msg.GetAck(), msg.GetNack()
	ids, err := parseIDs(append(ack.GetIds(), nack.GetIds()...))
	switch {
	case err != nil:
		return status.Errorf(codes.InvalidArgument, "the id of an event: %v", err)
	case ack != nil:
		return c.consumer.Ack(ctx, ids...)
	case nack != nil:
		return c.consumer.Nack(ctx, actions[nack.GetAction()], nack.GetReason(), ids...)
	}
	return status.Error(codes.InvalidArgument, "only acknowledgements may follow the options")
}

var actions = map[wire.ReadReq_Nack_Action]persistent.Action{
	wire.ReadReq_Nack_Unknown: persistent.Unknown,
	wire.ReadReq_Nack_Park:    persistent.Park,
	wire.ReadReq_Nack_Retry:   persistent.Retry,
	wire.ReadReq_Nack_Skip:    persistent.Skip,
	wire.ReadReq_Nack_Stop:    persistent.Stop,
}

func parseIDs(given []*shared.UUID) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(given))
	for i, id := range given {
		var err error
		if ids[i], err = parseID(id); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
