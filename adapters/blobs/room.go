package blobs

import (
	"context"
	"fmt"
	"io"

	"parley/domain/blob"
)

// Room implements blob.Store: files stop before the disk is full, so that what the
// disk is shared with, the log above all, goes on.
func (f *Folder) Room(context.Context) error {
	if f.reserve <= 0 {
		return nil
	}
	free, err := freeBytes(f.dir)
	switch {
	case err != nil:
		return unavailable("look for free space", err)
	case free < f.reserve:
		return fmt.Errorf("%w: %d bytes of %d", blob.ErrFull, free, f.reserve)
	}
	return nil
}

// Room implements blob.Store. A bucket's room is its owner's care.
func (b *Bucket) Room(context.Context) error { return nil }

// lookEvery is after how many bytes of a blob the room is looked at again.
const lookEvery = 1 << 20

// sparing writes for as long as there is room.
type sparing struct {
	folder *Folder
	to     io.Writer
	left   int // bytes until the next look
}

// Write implements io.Writer.
func (s *sparing) Write(b []byte) (int, error) {
	if s.left -= len(b); s.left < 0 {
		if err := s.folder.Room(context.Background()); err != nil {
			return 0, err
		}
		s.left = lookEvery
	}
	return s.to.Write(b)
}
