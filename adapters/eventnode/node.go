package eventnode

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// Node is the embedded event store. All methods are safe for concurrent use.
type Node struct {
	store   *store
	tail    *tail
	lock    *os.File
	queue   chan *request
	closing chan struct{} // closed when Close begins
	drained chan struct{} // closed when the writer has gone
	once    sync.Once
	failed  error
}

var _ eventlog.Log = (*Node)(nil)

// Open opens the log in a data folder and creates it when there is none. It
// refuses a folder that another process uses, a file of a newer version and a
// log whose last event is damaged. What it costs does not depend on how many
// events there are. The node must be closed.
func Open(cfg Config) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	held, err := lock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	n, err := open(cfg)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	n.lock = held
	return n, nil
}

func open(cfg Config) (*Node, error) {
	ctx := context.Background()
	s, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	head, err := s.head(ctx)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	n := &Node{
		store: s, tail: newTail(head), queue: make(chan *request, maxRequests),
		closing: make(chan struct{}), drained: make(chan struct{}),
	}
	w := &writer{store: s, tail: n.tail, logger: cfg.Logger, now: time.Now}
	if err := w.connect(ctx); err != nil {
		w.disconnect()
		return nil, errors.Join(err, s.close())
	}
	go func() {
		defer close(n.drained)
		w.run(n.queue, n.closing)
	}()
	return n, nil
}

// Close refuses new calls, finishes every append that is queued, ends all
// subscriptions and reads with [eventlog.ErrClosed] and closes the files.
// Closing again returns the same error.
func (n *Node) Close() error {
	n.once.Do(func() {
		close(n.closing)
		<-n.drained
		n.tail.close()
		n.failed = errors.Join(n.store.close(), n.lock.Close())
	})
	return n.failed
}

// closed reports whether Close has begun.
func (n *Node) closed() bool {
	select {
	case <-n.closing:
		return true
	default:
		return false
	}
}
