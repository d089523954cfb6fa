package eventnode

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// Node is the embedded event store. All methods are safe for concurrent use.
type Node struct {
	store   *store
	witness *witness
	tail    *tail
	health  *health
	logger  *slog.Logger
	lock    *os.File
	queue   chan *request
	tasks   chan task
	closing chan struct{}  // closed when Close begins
	drained chan struct{}  // closed when the writer has gone
	work    sync.WaitGroup // what goes on beside the writer

	once               sync.Once
	failed, unfinished error
}

var _ eventlog.Log = (*Node)(nil)

// Open opens the log in a data folder and creates it when there is none. It
// refuses a folder that another process uses, a file of a newer version, a log
// that does not go as far as its witness says or whose last event is damaged
// ([eventlog.DamagedError]) and one without witness ([ErrNoWitness]); the files
// are then as they were. What it costs does not depend on how many events there
// are. The node must be closed.
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
	n := &Node{
		store: s, health: &health{logger: cfg.Logger}, logger: cfg.Logger, queue: make(chan *request, maxRequests), tasks: make(chan task),
		closing: make(chan struct{}), drained: make(chan struct{}),
	}
	w := &writer{store: s, health: n.health, logger: cfg.Logger, now: time.Now}
	if err := n.connect(ctx, w); err != nil {
		w.disconnect()
		return nil, errors.Join(err, n.closeFiles())
	}
	n.begin(w, cfg)
	return n, nil
}

// connect takes the head from the file, gives it to the witness and lets the
// writer go on from there.
func (n *Node) connect(ctx context.Context, w *writer) error {
	last, err := n.store.end(ctx)
	if err != nil {
		return err
	}
	now := mark{position: last.Position, hash: last.digest()}
	if now.wal, err = placeNow(n.store.index); err != nil {
		return err
	}
	if n.witness, err = openWitness(n.store.dir, n.store.disk, n.store.said, now); err != nil {
		return err
	}
	n.tail = newTail(last.Position)
	w.witness, w.tail = n.witness, n.tail
	if err := w.connect(ctx); err != nil {
		return err
	}
	if n.store.before > 0 && n.store.before < schemaVersion {
		if err := stamp(ctx, w.conn); err != nil {
			return err
		}
	}
	if n.store.selectRuns == nil {
		return n.store.prepareRuns(ctx)
	}
	return nil
}

// begin starts what goes on by itself until Close.
func (n *Node) begin(w *writer, cfg Config) {
	go func() {
		defer close(n.drained)
		n.unfinished = w.run(n.queue, n.tasks, n.closing)
	}()
	n.work.Go(n.keepWitness)
	if cfg.ScrubBytesPerSecond > 0 {
		n.work.Go(func() {
			ctx, cancel := n.untilClose(context.Background())
			defer cancel()
			n.scrub(ctx, cfg.ScrubBytesPerSecond)
		})
	}
}

// untilClose returns a context that also ends when Close begins.
func (n *Node) untilClose(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-n.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// witnessEvery is how often the witness is synced: what a loss of power may take
// from it, never from the log.
const witnessEvery = time.Second

// keepWitness makes what the witness said outlive a loss of power.
func (n *Node) keepWitness() {
	beat := time.NewTicker(witnessEvery)
	defer beat.Stop()
	for {
		select {
		case <-n.closing:
			return
		case <-beat.C:
		}
		if err := n.witness.sync(); err != nil {
			n.logger.Error("event log's witness cannot be synced", slog.Any("error", err))
		}
	}
}

// Close refuses new calls, finishes every append that is queued, ends all
// subscriptions and reads with [eventlog.ErrClosed], moves the whole log into its
// main file and closes the files. Closing again returns the same error.
func (n *Node) Close() error {
	n.once.Do(func() {
		close(n.closing)
		<-n.drained
		n.work.Wait()
		n.tail.close()
		n.failed = errors.Join(n.unfinished, n.closeFiles(), n.lock.Close())
	})
	return n.failed
}

func (n *Node) closeFiles() error {
	err := n.store.close()
	if n.witness != nil {
		err = errors.Join(err, n.witness.close())
	}
	return err
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
