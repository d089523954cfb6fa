package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"

	"parley/adapters/eventnode/persistent"
)

// GetInfo implements wire.PersistentSubscriptionsServer.
func (s *persistentService) GetInfo(ctx context.Context, req *wire.GetInfoReq) (*wire.GetInfoResp, error) {
	options := req.GetOptions()
	p, err := placeOf(options.GetStreamIdentifier(), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return nil, err
	}
	info, err := s.groups.Info(ctx, p.source, p.group)
	if err != nil {
		return nil, failGroup(unaryCall{ctx}, p, err)
	}
	return &wire.GetInfoResp{SubscriptionInfo: infoMessage(&info)}, nil
}

func infoMessage(i *persistent.Info) *wire.SubscriptionInfo {
	m := &wire.SubscriptionInfo{
		EventSource: string(i.Source), GroupName: i.Name, Status: i.Status,
		AveragePerSecond: i.Average, TotalItems: i.Total, CountSinceLastMeasurement: i.Since,
		StartFrom:       i.Began(),
		ReadBufferCount: clipped(i.Buffered), LiveBufferCount: int64(i.Live), RetryBufferCount: clipped(i.Retrying),
		TotalInFlightMessages: clipped(i.InFlight), OutstandingMessagesCount: clipped(i.Outstanding),
		ParkedMessageCount: i.Parked,
	}
	if i.Checkpoints {
		m.LastCheckpointedEventPosition = i.Place(i.Checkpoint)
	}
	if i.Known > 0 || i.Known == 0 && i.Source != persistent.All {
		m.LastKnownEventPosition = i.Place(i.Known)
	}
	setSettings(m, &i.Settings)
	for _, c := range i.Connections {
		m.Connections = append(m.Connections, connectionMessage(&c))
	}
	return m
}

func setSettings(m *wire.SubscriptionInfo, s *persistent.Settings) {
	m.ResolveLinkTos, m.ExtraStatistics = s.ResolveLinks, s.ExtraStatistics
	m.MessageTimeoutMilliseconds = clipped(s.MessageTimeout.Milliseconds())
	m.CheckPointAfterMilliseconds = clipped(s.CheckpointAfter.Milliseconds())
	m.MinCheckPointCount, m.MaxCheckPointCount = s.MinCheckpoint, s.MaxCheckpoint
	m.MaxRetryCount, m.MaxSubscriberCount = s.MaxRetries, s.MaxSubscribers
	m.LiveBufferSize, m.BufferSize, m.ReadBatchSize = s.LiveBuffer, s.HistoryBuffer, s.ReadBatch
	m.NamedConsumerStrategy = s.Strategy
}

func connectionMessage(c *persistent.Connection) *wire.SubscriptionInfo_ConnectionInfo {
	m := &wire.SubscriptionInfo_ConnectionInfo{
		From: c.Address, Username: c.User, ConnectionName: c.Connection,
		AverageItemsPerSecond: c.Average, TotalItems: c.Total, CountSinceLastMeasurement: c.Since,
		AvailableSlots: clipped(c.Slots), InFlightMessages: clipped(c.InFlight),
	}
	for _, figure := range c.Measurements {
		m.ObservedMeasurements = append(m.ObservedMeasurements, &wire.SubscriptionInfo_Measurement{Key: figure.Key, Value: figure.Value})
	}
	return m
}
