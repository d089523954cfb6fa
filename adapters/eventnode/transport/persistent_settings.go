package transport

import (
	"math"
	"time"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/persistent"
)

// wireSettings are the settings of a creation and of an update alike.
type wireSettings interface {
	GetResolveLinks() bool
	GetExtraStatistics() bool
	GetMaxRetryCount() int32
	GetMinCheckpointCount() int32
	GetMaxCheckpointCount() int32
	GetMaxSubscriberCount() int32
	GetLiveBufferSize() int32
	GetReadBatchSize() int32
	GetHistoryBufferSize() int32
	GetMessageTimeoutTicks() int64
	GetMessageTimeoutMs() int32
	GetCheckpointAfterTicks() int64
	GetCheckpointAfterMs() int32
}

// strategies are the consumer strategies by their number.
var strategies = map[int32]string{
	int32(wire.CreateReq_DispatchToSingle): persistent.DispatchToSingle,
	int32(wire.CreateReq_RoundRobin):       persistent.RoundRobin,
	int32(wire.CreateReq_Pinned):           persistent.Pinned,
}

// settingsOf reads settings. A strategy's name wins over its number.
func settingsOf(s wireSettings, name string, number int32) persistent.Settings {
	if name == "" {
		name = strategies[number]
	}
	return persistent.Settings{
		ResolveLinks:    s.GetResolveLinks(),
		ExtraStatistics: s.GetExtraStatistics(),
		MessageTimeout:  duration(s.GetMessageTimeoutTicks(), s.GetMessageTimeoutMs()),
		CheckpointAfter: duration(s.GetCheckpointAfterTicks(), s.GetCheckpointAfterMs()),
		MaxRetries:      s.GetMaxRetryCount(),
		MinCheckpoint:   s.GetMinCheckpointCount(),
		MaxCheckpoint:   s.GetMaxCheckpointCount(),
		MaxSubscribers:  s.GetMaxSubscriberCount(),
		LiveBuffer:      s.GetLiveBufferSize(),
		ReadBatch:       s.GetReadBatchSize(),
		HistoryBuffer:   s.GetHistoryBufferSize(),
		Strategy:        name,
	}
}

// duration is what is given of the two: ticks of 100 ns, or milliseconds. More
// than a duration can hold is cut to about 290 years.
func duration(ticks int64, ms int32) time.Duration {
	if ticks > math.MaxInt64/100 {
		return math.MaxInt64
	}
	ticks = max(ticks, math.MinInt64/100)
	return time.Duration(ticks)*100 + time.Duration(ms)*time.Millisecond
}

// startInAll reads a position of all streams. What no position can be lies above
// the end, and is refused as that.
func startInAll(n uint64) (persistent.Start, error) {
	if n < math.MaxUint64 {
		n = min(n, math.MaxInt64)
	}
	return startAt(n)
}

// startAt reads a revision or position; the highest number there is means the
// end, as in the deprecated form.
func startAt(n uint64) (persistent.Start, error) {
	if n == math.MaxUint64 {
		return persistent.Start{End: true}, nil
	}
	if n > math.MaxInt64 {
		return persistent.Start{}, status.Error(codes.InvalidArgument, "the start lies too far behind")
	}
	return persistent.Start{At: int64(n)}, nil
}
