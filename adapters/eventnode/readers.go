package eventnode

import (
	"context"
	"fmt"
	"sync/atomic"

	"parley/adapters/direct"
	"parley/domain/eventlog"
)

// readerPool lends readers, which it opens when they are needed.
type readerPool struct {
	file direct.File
	idle chan *reader // nil: not open yet
	read atomic.Int64 // events
}

func newReaderPool(file direct.File, size int) *readerPool {
	p := &readerPool{file: file, idle: make(chan *reader, size)}
	for range size {
		p.idle <- nil
	}
	return p
}

// page reads a page with the next reader that is free. One that has met an error
// is not used again.
func (p *readerPool) page(ctx context.Context, q query, limit int, args ...any) (records []Record, full bool, err error) {
	var r *reader
	select {
	case free, open := <-p.idle:
		if !open {
			return nil, false, eventlog.ErrClosed
		}
		r = free
	case <-ctx.Done():
		return nil, false, fmt.Errorf("read events: %w", ctx.Err())
	}
	defer func() {
		if err != nil && r != nil {
			_ = r.conn.Close()
			r = nil
		}
		p.idle <- r
	}()
	if r == nil {
		if r, err = openReader(p.file); err != nil {
			return nil, false, fmt.Errorf("open event log for reading: %w", err)
		}
	}
	records, full, err = r.page(q, limit, args)
	p.read.Add(int64(len(records)))
	return records, full, err
}

// close closes all readers; reads under way end first.
func (p *readerPool) close() {
	for range cap(p.idle) {
		if r := <-p.idle; r != nil {
			_ = r.conn.Close()
		}
	}
	close(p.idle)
}
