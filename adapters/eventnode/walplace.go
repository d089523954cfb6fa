package eventnode

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// walPlace is a place in the write-ahead log: which generation of it, and how
// many frames. Moved says that the main file holds all of them on disk. The zero
// place asks nothing of the write-ahead log.
type walPlace struct {
	salts  [8]byte
	frames uint32
	moved  bool
}

// The formats are in https://www.sqlite.org/walformat.html and
// https://www.sqlite.org/fileformat2.html#walformat.
const (
	walVersion     = 3007000
	walMagic       = 0x377f0682
	walHeaderSize  = 32
	walFrameHeader = 24
)

// placeNow reads from the wal-index where the write-ahead log ends. Only the
// connection that writes changes it, so it is to be called between two writes.
func placeNow(index io.ReaderAt) (p walPlace, err error) {
	var b [48]byte
	if _, err := index.ReadAt(b[:], 0); err != nil {
		return p, fmt.Errorf("read wal-index: %w", err)
	}
	if version := binary.NativeEndian.Uint32(b[:]); version != walVersion || b[12] != 1 {
		return p, fmt.Errorf("read wal-index: version %d is not known", version)
	}
	p.frames = binary.NativeEndian.Uint32(b[16:])
	copy(p.salts[:], b[32:])
	return p, nil
}

// follows reports whether a generation of the write-ahead log came after another:
// each begins with the next number.
func (p walPlace) follows(salts [8]byte) bool {
	ahead := binary.BigEndian.Uint32(p.salts[:]) - binary.BigEndian.Uint32(salts[:])
	return ahead > 0 && ahead < 1<<31
}

// checkWAL returns why the write-ahead log at a path is not whole up to a place,
// or "". SQLite itself silently stops at the first frame that is damaged, and
// would then lay old pages over newer ones.
func checkWAL(path string, upTo walPlace) (reason string, err error) {
	if upTo.frames == 0 {
		return "", nil
	}
	found, err := walUpTo(path, upTo.frames)
	if err != nil {
		return "", err
	}
	switch {
	case found.salts == [8]byte{} && upTo.moved, upTo.moved && found.follows(upTo.salts):
		return "", nil
	case found.salts == [8]byte{}:
		return fmt.Sprintf("the write-ahead log beside it is missing, and %d pages in it", upTo.frames), nil
	case found.salts != upTo.salts:
		return "the write-ahead log beside it is another's", nil
	case found.frames < upTo.frames:
		return fmt.Sprintf("the write-ahead log beside it is damaged in frame %d of %d", found.frames+1, upTo.frames), nil
	}
	return "", nil
}

// walUpTo returns how many frames of a write-ahead log are whole, at most as many
// as asked. A file without a whole header has no salts.
func walUpTo(path string, frames uint32) (p walPlace, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read write-ahead log: %w", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<18)
	sum, pageSize, salts, ok := walHeader(in)
	if !ok {
		return p, nil
	}
	p.salts = salts
	for frame := make([]byte, walFrameHeader+pageSize); p.frames < frames; p.frames++ {
		if _, err := io.ReadFull(in, frame); err != nil || string(frame[8:16]) != string(salts[:]) {
			return p, nil
		}
		sum.add(frame[:8])
		sum.add(frame[walFrameHeader:])
		if !sum.is(frame[16:24]) {
			return p, nil
		}
	}
	return p, nil
}

func walHeader(in io.Reader) (sum walSum, pageSize int, salts [8]byte, ok bool) {
	var b [walHeaderSize]byte
	if _, err := io.ReadFull(in, b[:]); err != nil {
		return sum, 0, salts, false
	}
	magic := binary.BigEndian.Uint32(b[:])
	sum.order = binary.LittleEndian
	if magic&1 != 0 {
		sum.order = binary.BigEndian
	}
	sum.add(b[:24])
	pageSize = int(binary.BigEndian.Uint32(b[8:]))
	if magic&^1 != walMagic || !sum.is(b[24:]) || pageSize < 512 || pageSize > 65536 {
		return sum, 0, salts, false
	}
	copy(salts[:], b[16:])
	return sum, pageSize, salts, true
}

// walSum is the running checksum of a write-ahead log.
type walSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (s *walSum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		s.s0 += s.order.Uint32(b) + s.s1
		s.s1 += s.order.Uint32(b[4:]) + s.s0
	}
}

func (s *walSum) is(stored []byte) bool {
	return binary.BigEndian.Uint32(stored) == s.s0 && binary.BigEndian.Uint32(stored[4:]) == s.s1
}
