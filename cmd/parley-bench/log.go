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
// that are waiting, and nothing else: no index, no revisions, no way to read.
type bareLog struct {
	file  *os.File
	queue chan *entry
}

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
		_, err := l.file.Write(buffer)
		if err == nil {
			err = l.file.Sync()
		}
		for _, e := range entries {
			e.done <- err
		}
	}
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
