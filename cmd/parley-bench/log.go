package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
)

// bareLog is the baseline's log: a file, one writer, one sync for all appends
// that are waiting, and nothing else: no index, no revisions, no way to read. It
// writes where the file has been written before, as databases do, because a file
// that grows takes twice as long to sync.
type bareLog struct {
	file  *os.File
	queue chan *entry
	end   int64 // of what was appended
	size  int64 // of the file
}

// segment is by how much the file is made longer, in bytes.
const segment = 16 << 20

// entry is one append.
type entry struct {
	data []byte
	at   uint64
	done chan error
}

// openBareLog makes the log in a folder.
func openBareLog(dir string) (*bareLog, error) {
	file, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, fmt.Errorf("create the bare log: %w", err)
	}
	l := &bareLog{file: file, queue: make(chan *entry, 1024)}
	go l.write()
	return l, nil
}

// append returns the number of the entry once it is on disk.
func (l *bareLog) append(data []byte) (uint64, error) {
	e := &entry{data: data, done: make(chan error, 1)}
	l.queue <- e
	err := <-e.done
	return e.at, err
}

func (l *bareLog) write() {
	var buffer []byte
	var number uint64
	for first := range l.queue {
		entries := l.collect(first)
		buffer = buffer[:0]
		for _, e := range entries {
			number++
			e.at = number
			buffer = binary.LittleEndian.AppendUint32(buffer, uint32(len(e.data)))
			buffer = binary.LittleEndian.AppendUint32(buffer, crc32.ChecksumIEEE(e.data))
			buffer = append(buffer, e.data...)
		}
		err := l.store(buffer)
		for _, e := range entries {
			e.done <- err
		}
	}
}

// store writes a batch and syncs it.
func (l *bareLog) store(batch []byte) error {
	if l.end+int64(len(batch)) > l.size {
		if _, err := l.file.WriteAt(make([]byte, segment), l.size); err != nil {
			return err
		}
		l.size += segment
	}
	_, err := l.file.WriteAt(batch, l.end)
	l.end += int64(len(batch))
	if err != nil {
		return err
	}
	return l.file.Sync()
}

// collect takes everything that waits, and lets those who were just answered
// come back once, as Parley's own log does.
func (l *bareLog) collect(first *entry) []*entry {
	entries := []*entry{first}
	for yielded := false; ; {
		select {
		case e := <-l.queue:
			entries, yielded = append(entries, e), false
		default:
			if yielded {
				return entries
			}
			yielded = true
			runtime.Gosched()
		}
	}
}
