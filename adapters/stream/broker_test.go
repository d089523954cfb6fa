package stream_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/stream"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// broker makes of event logs what the universal suite expects: topics that can
// be published to, and groups whose checkpoints an acknowledgement moves. Each
// topic has a log of its own, so that tests don't read each other's events.
type broker struct {
	t *testing.T

	mu          sync.Mutex
	logs        map[string]*eventnode.Node
	checkpoints map[string]eventlog.Position // by group and topic
	leases      map[string]chan struct{}
}

func newBroker(t *testing.T) *broker {
	t.Helper()
	return &broker{
		t: t, logs: map[string]*eventnode.Node{},
		checkpoints: map[string]eventlog.Position{}, leases: map[string]chan struct{}{},
	}
}

func (b *broker) log(topic string) *eventnode.Node {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.logs[topic] == nil {
		b.logs[topic] = openLog(b.t)
	}
	return b.logs[topic]
}

func openLog(tb testing.TB) *eventnode.Node {
	tb.Helper()
	log, err := eventnode.Open(eventnode.Config{Dir: tb.TempDir(), FirstPosition: 7, Stride: 3})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := log.Close(); err != nil {
			tb.Errorf("close log: %v", err)
		}
	})
	return log
}

// prefix is that of the streams of a topic.
func prefix(topic string) string {
	return domain.StreamPrefix + domain.DeriveID("topic", topic).String() + "-"
}

// publisher appends each message as an event of a stream of its own.
type publisher struct{ *broker }

type published struct {
	Payload  []byte            `json:"payload"`
	Metadata map[string]string `json:"metadata"`
}

// Publish implements [message.Publisher].
func (p publisher) Publish(topic string, messages ...*message.Message) error {
	for _, m := range messages {
		data, err := json.Marshal(published{Payload: m.Payload, Metadata: m.Metadata})
		if err != nil {
			return err
		}
		e := eventlog.NewEvent{ID: uuid.MustParse(m.UUID), Type: "published", Data: data, Metadata: []byte("{}")}
		if _, err := p.log(topic).Append(context.Background(), prefix(topic)+m.UUID, eventlog.NoStream, []eventlog.NewEvent{e}); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [message.Publisher].
func (publisher) Close() error { return nil }

func (b *broker) subscriber(group string) *stream.Subscriber {
	s := stream.NewSubscriber(stream.SubscriberConfig{
		Consumer: func(topic string) (stream.Consumer, error) {
			return &member{broker: b, group: group, topic: topic}, nil
		},
		Follow: func(ctx context.Context, topic string, after eventlog.Position) (eventlog.Subscription, error) {
			s, err := b.log(topic).Follow(ctx, after, prefix(topic))
			return eventful{s}, err
		},
		Lead:      func(ctx context.Context, name string) (sqldb.Lease, error) { return b.lead(ctx, group+name) },
		Marshal:   unwrap,
		MaxEvents: 1,
		Drain:     time.Second,
		MinPause:  time.Millisecond,
		MaxPause:  10 * time.Millisecond,
		Observe: func(o stream.Outcome) {
			if o.Acked {
				b.mu.Lock()
				b.checkpoints[group+o.Topic] = o.To
				b.mu.Unlock()
			}
		},
	})
	b.t.Cleanup(func() {
		// Some of the suite's tests leave theirs open.
		if err := s.Close(); err != nil {
			b.t.Errorf("close subscriber: %v", err)
		}
	})
	return s
}

// eventful leaves out the batches that only move the position.
type eventful struct{ eventlog.Subscription }

func (s eventful) Next(ctx context.Context) (eventlog.Batch, error) {
	for {
		batch, err := s.Subscription.Next(ctx)
		if err != nil || len(batch.Events) > 0 {
			return batch, err
		}
	}
}

// unwrap makes the message of the one event that was published.
func unwrap(d *stream.Delivery) *message.Message {
	e := d.Batch.Events[0]
	var p published
	if err := json.Unmarshal(e.Data, &p); err != nil {
		panic(err)
	}
	m := message.NewMessage(e.ID.String(), p.Payload)
	m.Metadata = p.Metadata
	return m
}

// member is a group's consumer of a topic. The suite reads the messages, so it
// never applies anything.
type member struct {
	*broker
	group, topic string
}

func (m *member) Name() string                                { return m.group + m.topic }
func (m *member) Awaited() <-chan struct{}                    { return nil }
func (m *member) Apply(context.Context, eventlog.Batch) error { return nil }
func (m *member) End(error)                                   {}

func (m *member) Begin(context.Context) (eventlog.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.checkpoints[m.group+m.topic], nil
}

// lead grants a leadership within the process.
func (b *broker) lead(ctx context.Context, name string) (sqldb.Lease, error) {
	b.mu.Lock()
	held, ok := b.leases[name]
	if !ok {
		held = make(chan struct{}, 1)
		b.leases[name] = held
	}
	b.mu.Unlock()
	select {
	case held <- struct{}{}:
		return &lease{free: sync.OnceFunc(func() { <-held })}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type lease struct{ free func() }

func (l *lease) Lost() <-chan struct{} { return nil }
func (l *lease) Release()              { l.free() }
