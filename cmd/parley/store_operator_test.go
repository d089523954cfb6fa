package main_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// operable starts a server whose event store its operator can get at with an
// official client, as that of an EventStoreDB can.
func operable(t *testing.T, stores []string) *program {
	t.Helper()
	if setting(stores, "--eventstore") != "" {
		return serve(t, stores)
	}
	return serve(t, stores, "--eventstore-listen", freeAddress(t), "--eventstore-writable")
}

// isDown reports whether the process has ended.
func (p *program) isDown() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// atStore lets the operator use an official client at the event store of an operable
// server, which may be down.
func (p *program) atStore(use func(*esdb.Client)) {
	p.t.Helper()
	named, own := setting(p.args, "--eventstore"), setting(p.args, "--eventstore-listen")
	switch {
	case named != "":
		use(clientOf(p.t, named, nil))
	case p.isDown():
		node, at := runNode(p.t, 1, nil, "--data", p.data(), "--listen", own, "--writable")
		use(clientOf(p.t, at[0], nil))
		stopNode(p.t, node)
	default:
		use(clientOf(p.t, "esdb://"+own+"?tls=false", nil))
	}
}

// anEnd is what the operator of a store can do to a stream without Parley.
type anEnd struct {
	is string
	do func(ctx context.Context, client *esdb.Client, stream string) error
}

// tombstoned is the end that leaves nothing.
var tombstoned = anEnd{"tombstoned", func(ctx context.Context, client *esdb.Client, stream string) error {
	_, err := client.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	return err
}}

// allEnds are the ways in which a stream loses its beginning or all of itself.
var allEnds = []anEnd{
	tombstoned,
	{"deleted softly", func(ctx context.Context, client *esdb.Client, stream string) error {
		_, err := client.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		return err
	}},
	{"cut by $maxCount", cutTo(func(m *esdb.StreamMetadata) { m.SetMaxCount(1) })},
	{"cut by $tb", cutTo(func(m *esdb.StreamMetadata) { m.SetTruncateBefore(2) })},
}

// cutTo is the end that metadata of a stream makes.
func cutTo(by func(*esdb.StreamMetadata)) func(context.Context, *esdb.Client, string) error {
	return func(ctx context.Context, client *esdb.Client, stream string) error {
		metadata := esdb.StreamMetadata{}
		by(&metadata)
		_, err := client.SetStreamMetadata(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, metadata)
		return err
	}
}

// end ends the stream of a conversation, which others call by its path.
func (p *program) end(by anEnd, at string) {
	p.t.Helper()
	p.endStream(by, "parley_conversation-"+idAt(at))
}

// endStream ends a stream of any kind.
func (p *program) endStream(by anEnd, stream string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), startLimit)
	defer cancel()
	p.atStore(func(client *esdb.Client) {
		if err := by.do(ctx, client, stream); err != nil {
			p.t.Fatalf("the stream %s could not be %s: %v", stream, by.is, err)
		}
	})
}

// streamOf returns the stream that has the one event of a type whose data say
// something.
func (c caller) streamOf(typ, says string) (stream string) {
	c.p.t.Helper()
	events, _ := c.readAll(url.Values{"type": {typ}})
	for _, e := range events {
		if strings.Contains(string(e.Data), says) {
			if stream != "" {
				c.p.t.Fatalf("%s and %s have a %s that says %s", stream, e.Subject, typ, says)
			}
			stream = e.Subject
		}
	}
	if stream == "" {
		c.p.t.Fatalf("no %s says %s", typ, says)
	}
	return stream
}
