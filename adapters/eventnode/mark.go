package eventnode

import (
	"encoding/binary"
	"hash/crc32"

	"parley/domain/eventlog"
)

// mark is what the witness says of the log: its last event, and how much of the
// write-ahead log has to be whole for the log to be so.
type mark struct {
	sequence uint64
	position eventlog.Position // Start: no event yet
	hash     [32]byte          // of the last event, see Record.digest
	wal      walPlace
}

const (
	markMagic = "parley1h"
	markSize  = len(markMagic) + 8 + 8 + 32 + 8 + 4 + 4 + 4
)

// encode returns the mark as it is stored: little endian, with a CRC-32C behind.
func (m mark) encode() []byte {
	b := append(make([]byte, 0, markSize), markMagic...)
	b = binary.LittleEndian.AppendUint64(b, m.sequence)
	b = binary.LittleEndian.AppendUint64(b, uint64(m.position))
	b = append(b, m.hash[:]...)
	b = append(b, m.wal.salts[:]...)
	b = binary.LittleEndian.AppendUint32(b, m.wal.frames)
	b = binary.LittleEndian.AppendUint32(b, uint32(flag(m.wal.moved)))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeMark returns a stored mark, unless it is torn or damaged.
func decodeMark(b []byte) (m mark, ok bool) {
	if len(b) < markSize || string(b[:len(markMagic)]) != markMagic {
		return m, false
	}
	b = b[:markSize]
	if crc32.Checksum(b[:markSize-4], castagnoli) != binary.LittleEndian.Uint32(b[markSize-4:]) {
		return m, false
	}
	b = b[len(markMagic):]
	m.sequence, m.position = binary.LittleEndian.Uint64(b), eventlog.Position(binary.LittleEndian.Uint64(b[8:]))
	copy(m.hash[:], b[16:])
	copy(m.wal.salts[:], b[48:])
	m.wal.frames, m.wal.moved = binary.LittleEndian.Uint32(b[56:]), binary.LittleEndian.Uint32(b[60:]) != 0
	return m, true
}
