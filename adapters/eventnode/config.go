package eventnode

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
)

// Config says where the node lives. The zero value of every field but Dir is
// a default.
type Config struct {
	// Dir is the data folder; it is created when it is missing.
	Dir string
	// FirstPosition is the position of the first event and Stride the distance
	// between two, at most 2^62 and [MaxStride]. They are fixed when the log is
	// created: 1 and 1 by default, and with a stride alone the first is at 2^32 and
	// the stride, so that nobody takes positions for a count. Afterwards others are
	// refused with [NumberingError].
	FirstPosition, Stride uint64
	// Logger receives what no caller is told: a failed commit, a recovery.
	// Default: nothing is logged.
	Logger *slog.Logger
	// ScrubBytesPerSecond is how fast the background check reads; it goes slower
	// while events are appended. Default: 1 MiB; below 0 there is none.
	ScrubBytesPerSecond int
	// Disk is for tests of what a disk may do. Default: the system's.
	Disk *Disk
}

// MaxStride is the largest distance between two positions.
const MaxStride = 1 << 20

func (c *Config) validate() error {
	if c.Dir == "" {
		return errors.New("event node needs a data folder")
	}
	if c.FirstPosition > 1<<62 || c.Stride > MaxStride {
		return errors.New("first position must be at most 2^62, stride at most 2^20")
	}
	if c.ScrubBytesPerSecond == 0 {
		c.ScrubBytesPerSecond = scrubRate
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("create data folder: %w", err)
	}
	return nil
}
