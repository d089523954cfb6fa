package commands_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/chaostest"
	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// wavering is a log on the way to which requests and answers get lost, and from time
// to time a request comes late.
type wavering struct {
	eventlog.Log
	appends atomic.Int64
	late    sync.WaitGroup
}

func (l *wavering) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	lost := fmt.Errorf("lost: %w", eventlog.ErrUnavailable)
	switch l.appends.Add(1) % 31 {
	case 7:
		return eventlog.Appended{}, lost
	case 17:
		if _, err := l.Log.Append(ctx, stream, expected, events); err != nil {
			return eventlog.Appended{}, err
		}
		return eventlog.Appended{}, lost
	case 27:
		l.late.Go(func() { _, _ = l.Log.Append(context.WithoutCancel(ctx), stream, expected, events) })
		return eventlog.Appended{}, lost
	}
	return l.Log.Append(ctx, stream, expected, events)
}

// kinds of commands; what they say is told apart by a tag.
var kinds = []func(l loaded, tag string) []event{
	func(l loaded, tag string) []event { // a message, which reopens what is closed
		said := conversation.MessageAdded{
			Number: l.State.MessageCount + 1, PublicNumber: l.State.PublicCount + 1,
			Body: tag, From: admin.Person, Author: admin.Person, At: l.Now,
		}
		if l.State.Status == conversation.IsClosed {
			return []event{conversation.Reopened{Cause: conversation.ByReply, At: l.Now}, said}
		}
		return []event{said}
	},
	func(l loaded, tag string) []event { return []event{conversation.Renamed{Name: tag, At: l.Now}} },
	func(l loaded, tag string) []event {
		n := l.State.MessageCount
		if n == 0 {
			return nil
		}
		return []event{conversation.MessageEdited{Number: n, PublicNumber: n, Body: tag, At: l.Now}}
	},
	func(l loaded, tag string) []event {
		if l.State.Status != conversation.Active {
			return nil
		}
		return []event{conversation.Closed{Reason: tag, At: l.Now}}
	},
	func(l loaded, tag string) []event {
		return []event{conversation.ContextAttached{Context: domain.Record{Type: "order", ID: tag}, At: l.Now}}
	},
	func(l loaded, tag string) []event {
		return []event{conversation.ParticipantJoined{Person: domain.User(tag), At: l.Now}}
	},
}

// acknowledgement is a command that was answered, as it was.
type acknowledgement struct {
	stream string
	req    commands.Request
	out    outcome
}

// crowding is several instances over one log, at which everybody uses everybody's keys.
type crowding struct {
	*testing.T
	talks []uuid.UUID
	count int64

	next, refused, unheard atomic.Int64
	mu                     sync.Mutex
	acknowledged           []acknowledgement
}

// work gives commands to one instance until there are no more. Each four neighbours
// share a key, and each two of them are one request.
func (c *crowding) work(i *instance) {
	for n := c.next.Add(1); n <= c.count; n = c.next.Add(1) {
		group, twin := n/4, n/2
		tag := fmt.Sprint("t", twin)
		req := keyed(fmt.Sprint("k", group), tag)
		if group%9 == 0 {
			req = request()
		}
		id, kind := c.talks[group%int64(len(c.talks))], kinds[twin*7%int64(len(kinds))]
		if group%5 == 0 && req.Key != "" { // all four start it
			id = domain.DeriveID("talk", fmt.Sprint(group))
			kind = func(l loaded, tag string) []event {
				return []event{conversation.Started{Organization: "acme", Name: tag, Owner: "admin", CustomerUser: "buyer", At: l.Now}}
			}
		}
		ctx, hangUp := context.WithCancel(c.Context())
		out, err := i.Update(ctx, id, req, func(l loaded) ([]event, error) {
			if n%13 == 0 {
				hangUp()
			}
			return kind(l, tag), nil
		})
		hangUp()
		c.note(acknowledgement{conversation.Stream(id), req, out}, err)
	}
}

func (c *crowding) note(a acknowledgement, err error) {
	switch code := domain.CodeOf(err); {
	case code == domain.CodeUnavailable:
		c.unheard.Add(1)
	case code == domain.CodeInvalid && a.req.Key != "":
		c.refused.Add(1)
	case err != nil:
		c.Errorf("key %q: %v", a.req.Key, err)
	case len(a.out.Events) > 0:
		a.out.State = nil // of many there is not room for all
		c.mu.Lock()
		defer c.mu.Unlock()
		c.acknowledged = append(c.acknowledged, a)
	}
}

func TestInstances_that_share_keys_acknowledge_what_is_stored_and_believe_nothing_else(t *testing.T) {
	t.Parallel()
	log := &wavering{Log: openLog(t, t.TempDir())}
	c := &crowding{T: t, count: int64(chaostest.Cycles(3000, 100_000))}
	instances := []*instance{newInstance(t, log), newInstance(t, log)}
	for range c.count/500 + 1 {
		c.talks = append(c.talks, instances[0].started(t))
	}
	var workers sync.WaitGroup
	for n := range 3 {
		if n == 2 { // one comes in the middle
			eventually(t, "half is done", func() bool { return c.next.Load() > c.count/2 })
			instances = append(instances, newInstance(t, log))
		}
		for range 4 {
			workers.Go(func() { c.work(instances[n]) })
		}
	}
	workers.Wait()
	log.late.Wait()
	stored := c.stored(log)
	for _, a := range c.acknowledged {
		c.find(a, stored[a.stream])
	}
	end, err := log.End(t.Context())
	wantCode(t, err, "")
	for n, i := range append(instances, newInstance(t, log)) {
		wantCode(t, i.deps.Follower.Wait(t.Context(), end), "")
		for stream, records := range stored {
			c.believes(n, i, stream, records)
		}
	}
	if len(c.acknowledged) < int(c.count)/4 || c.refused.Load() == 0 || c.unheard.Load() == 0 {
		t.Errorf("%d acknowledged, %d refused, %d unheard: that shows nothing", len(c.acknowledged), c.refused.Load(), c.unheard.Load())
	}
	chaostest.Report(t, "R13", "three instances, random commands under shared keys, lost and late appends",
		fmt.Sprintf("%d commands: %d acknowledged and stored so, %d refused, %d unknown", c.count, len(c.acknowledged), c.refused.Load(), c.unheard.Load()))
}

// stored reads the log by streams. No key is of two commands in one of them.
func (c *crowding) stored(log eventlog.Log) map[string][]eventlog.Recorded {
	streams, commandOf := map[string][]eventlog.Recorded{}, map[string]uuid.UUID{}
	for r, err := range log.ReadAll(c.Context(), eventlog.Start, domain.StreamPrefix, 0) {
		if err != nil {
			c.Fatal(err)
		}
		streams[r.Stream] = append(streams[r.Stream], r)
		m := c.metaOf(r)
		of := r.Stream + " " + m.Key
		if before, known := commandOf[of]; known && m.Key != "" && before != m.CommandID {
			c.Errorf("%s was done twice", of)
		}
		commandOf[of] = m.CommandID
	}
	return streams
}

func (c *crowding) metaOf(r eventlog.Recorded) (m domain.Meta) {
	if err := json.Unmarshal(r.Metadata, &m); err != nil {
		c.Fatal(err)
	}
	return m
}

// find fails the test unless what was acknowledged stands in the stream to the byte.
func (c *crowding) find(a acknowledgement, records []eventlog.Recorded) {
	at := len(records) - 1
	for at >= 0 && records[at].Position != a.out.Position {
		at--
	}
	at -= len(a.out.Events) - 1
	if at < 0 {
		c.Errorf("%s under key %q is not stored", a.req.Fingerprint, a.req.Key)
		return
	}
	for i, e := range a.out.Events {
		r := records[at+i]
		data, err := json.Marshal(e)
		m := c.metaOf(r)
		if err != nil || r.Type != e.EventType() || string(r.Data) != string(data) || m.Key != a.req.Key || m.Fingerprint != a.req.Fingerprint {
			c.Errorf("acknowledged is %s of %s, stored is %s %s of %s", data, a.req.Fingerprint, r.Type, r.Data, m.Fingerprint)
		}
	}
}

// believes fails the test unless an instance's state is what the stream tells, and
// messages are numbered from 1.
func (c *crowding) believes(n int, i *instance, stream string, records []eventlog.Recorded) {
	registry, err := domain.NewRegistry(conversation.Types)
	wantCode(c.T, err, "")
	var told state
	number := 0
	for _, r := range records {
		e, err := registry.Decode(r.Type, r.Data)
		wantCode(c.T, err, "")
		if m, is := e.(conversation.MessageAdded); is {
			if number++; m.Number != number {
				c.Errorf("%s: message %d has number %d", stream, number, m.Number)
			}
		}
		conversation.Aggregate.Apply(&told, e.(event))
	}
	id := uuid.MustParse(stream[len(stream)-36:])
	err = i.View(c.Context(), id, func(l loaded) {
		if want, got := inJSON(c.T, &told), inJSON(c.T, l.State); got != want {
			c.Errorf("%s: instance %d believes\n%s\nstored is\n%s", stream, n, got, want)
		}
	})
	wantCode(c.T, err, "")
}
