package sqlite

import (
	"context"
	"errors"
	"sync"
)

// maxAttached is SQLite's limit.
const maxAttached = 10

// readerPool hands out connections that read.
type readerPool struct {
	db    *DB
	slots chan struct{}
	mu    sync.Mutex
	idle  []*reader
}

func newReaderPool(db *DB, size int) *readerPool {
	return &readerPool{db: db, slots: make(chan struct{}, size)}
}

// reader is one connection and the files that it has attached, by schema.
type reader struct {
	db       *DB
	conn     *conn
	attached map[string]*dataFile
}

// acquire waits for a connection.
func (p *readerPool) acquire(ctx context.Context) (*reader, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		r := p.idle[last]
		p.idle = p.idle[:last]
		p.mu.Unlock()
		return r, nil
	}
	p.mu.Unlock()
	connection, err := dial("query_only(1)")
	if err != nil {
		<-p.slots
		return nil, err
	}
	return &reader{db: p.db, conn: connection, attached: map[string]*dataFile{}}, nil
}

// release takes a connection back; one that is broken is closed.
func (p *readerPool) release(r *reader, broken bool) {
	defer func() { <-p.slots }()
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken || r.letGo() != nil {
		_ = r.close()
		return
	}
	p.idle = append(p.idle, r)
}

// letGo detaches dropped files from the connections that nobody uses; those in
// use do it when they are released.
func (p *readerPool) letGo() {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.idle[:0]
	for _, r := range p.idle {
		if r.letGo() != nil {
			_ = r.close()
			continue
		}
		kept = append(kept, r)
	}
	p.idle = kept
}

func (p *readerPool) close() (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.idle {
		err = errors.Join(err, r.close())
	}
	p.idle = nil
	return err
}

func (r *reader) letGo() error {
	for name, file := range r.attached {
		if !r.db.isDropped(file) {
			continue
		}
		if err := r.detach(name); err != nil {
			return err
		}
	}
	return nil
}

// attach brings the connection to have the files, each of which the caller has
// acquired for it, and none under a name that lost its file to another.
func (r *reader) attach(names []string, files map[string]*dataFile) (err error) {
	for _, name := range names {
		if err == nil && files[name] == nil && r.attached[name] != nil {
			err = r.detach(name)
		}
	}
	for name, file := range files {
		if err == nil && r.attached[name] == file {
			r.db.release(file)
			continue
		}
		if err == nil {
			err = r.replace(name, file, files)
		}
		if err != nil {
			r.db.release(file)
		}
	}
	return err
}

// replace attaches one file, in place of an older one of its name or of one
// that the query does not need.
func (r *reader) replace(name string, file *dataFile, needed map[string]*dataFile) error {
	victim := name
	for other := range r.attached {
		if needed[other] == nil && len(r.attached) >= maxAttached {
			victim = other
			break
		}
	}
	for _, old := range []string{name, victim} {
		if r.attached[old] == nil {
			continue
		}
		if err := r.detach(old); err != nil {
			return err
		}
	}
	if err := r.conn.attach(file.path, name, "cache_size=-4000"); err != nil {
		return err
	}
	r.attached[name] = file
	return nil
}

func (r *reader) detach(name string) error {
	if err := r.conn.detach(name); err != nil {
		return err
	}
	file := r.attached[name]
	delete(r.attached, name)
	r.db.release(file)
	return nil
}

func (r *reader) close() error {
	err := r.conn.close()
	for name, file := range r.attached {
		delete(r.attached, name)
		r.db.release(file)
	}
	return err
}
