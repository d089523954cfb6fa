package persistent

import "time"

// Settings are what a group's creator chose; [DefaultSettings] are the real
// server's. As there, numbers may be below 0, and then mean: a time that is over
// at once, no second try, checkpoints as often as they can be written, not one
// consumer, and for what is read and kept as much as by default.
type Settings struct {
	ResolveLinks    bool          `json:"resolveLinks,omitempty"`
	ExtraStatistics bool          `json:"extraStatistics,omitempty"`
	MessageTimeout  time.Duration `json:"messageTimeout"` // until an event goes back; 0: never
	CheckpointAfter time.Duration `json:"checkpointAfter"`
	MaxRetries      int32         `json:"maxRetries"` // beyond it an event is parked
	MinCheckpoint   int32         `json:"minCheckpoint"`
	MaxCheckpoint   int32         `json:"maxCheckpoint"`            // this many handled events force a checkpoint; 0: never
	MaxSubscribers  int32         `json:"maxSubscribers,omitempty"` // 0: as many as come
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

// SettingsError says what is wrong with the settings of a group, or its start.
type SettingsError struct{ Reason string }

// Error implements error.
func (e *SettingsError) Error() string { return e.Reason }

// batch is how many events are read at once.
func (s *Settings) batch() int {
	if s.ReadBatch > 0 {
		return int(s.ReadBatch)
	}
	return int(DefaultSettings().ReadBatch)
}

// buffer is how many events may be read and not given to anybody.
func (s *Settings) buffer() int {
	if s.HistoryBuffer > 0 {
		return int(s.HistoryBuffer)
	}
	return s.batch()
}

// validate refuses what the real server refuses.
func (s *Settings) validate() error {
	if s.ReadBatch >= s.HistoryBuffer {
		return &SettingsError{"the read batch size must be below the history buffer size"}
	}
	_, err := strategyOf(s.Strategy)
	return err
}
