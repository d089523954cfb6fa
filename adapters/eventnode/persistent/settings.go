package persistent

import (
	"fmt"
	"time"
)

// Settings are what a group's creator chose. The zero value of a count that is
// said to be unlimited at 0 is just that; [DefaultSettings] are the real
// server's.
type Settings struct {
	ResolveLinks    bool          `json:"resolveLinks,omitempty"`
	ExtraStatistics bool          `json:"extraStatistics,omitempty"`
	MessageTimeout  time.Duration `json:"messageTimeout"` // until an event goes back; 0: never
	CheckpointAfter time.Duration `json:"checkpointAfter"`
	MaxRetries      int32         `json:"maxRetries"` // beyond it an event is parked
	MinCheckpoint   int32         `json:"minCheckpoint"`
	MaxCheckpoint   int32         `json:"maxCheckpoint"` // this many handled events force a checkpoint; 0: never
	MaxSubscribers  int32         `json:"maxSubscribers,omitempty"`
	LiveBuffer      int32         `json:"liveBuffer"`
	ReadBatch       int32         `json:"readBatch"`
	HistoryBuffer   int32         `json:"historyBuffer"`
	Strategy        string        `json:"strategy"`
}

// The consumer strategies, by the names that clients use.
const (
	RoundRobin          = "RoundRobin"
	DispatchToSingle    = "DispatchToSingle"
	Pinned              = "Pinned"
	PinnedByCorrelation = "PinnedByCorrelation"
)

// DefaultSettings returns the settings that official clients start from.
func DefaultSettings() Settings {
	return Settings{
		MessageTimeout: 30 * time.Second, CheckpointAfter: 2 * time.Second, MaxRetries: 10,
		MinCheckpoint: 10, MaxCheckpoint: 1000, LiveBuffer: 500, ReadBatch: 20, HistoryBuffer: 500,
		Strategy: RoundRobin,
	}
}

// SettingsError says what is wrong with the settings of a group.
type SettingsError struct{ Reason string }

// Error implements error.
func (e *SettingsError) Error() string { return e.Reason }

// validate refuses what the real server refuses.
func (s *Settings) validate() error {
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"message timeout", int64(s.MessageTimeout)},
		{"checkpoint after", int64(s.CheckpointAfter)},
		{"max retry count", int64(s.MaxRetries)},
		{"min checkpoint count", int64(s.MinCheckpoint)},
		{"max checkpoint count", int64(s.MaxCheckpoint)},
		{"max subscriber count", int64(s.MaxSubscribers)},
		{"live buffer size", int64(s.LiveBuffer)},
	} {
		if n.value < 0 {
			return &SettingsError{fmt.Sprintf("the %s must not be negative", n.name)}
		}
	}
	switch {
	case s.ReadBatch <= 0:
		return &SettingsError{"the read batch size must be above 0"}
	case s.ReadBatch >= s.HistoryBuffer:
		return &SettingsError{"the read batch size must be below the history buffer size"}
	}
	if _, err := strategyOf(s.Strategy); err != nil {
		return err
	}
	return nil
}
