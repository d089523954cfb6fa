package main

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// eventType is what the bench appends.
const eventType = "bench.appended.v1"

// client returns an official client of a server.
func (l *lab) client(address string) (*esdb.Client, error) {
	config, err := esdb.ParseConnectionString("esdb://" + address + "?tls=false")
	if err != nil {
		return nil, err
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err == nil {
		l.atClose(func() { _ = client.Close() })
	}
	return client, err
}

// throughClient is appending through the official client, one for all writers,
// each to a stream of its own. With exact, each append names the revision that
// the last one was answered with.
func (l *lab) throughClient(name, address string, exact bool) (contender, error) {
	client, err := l.client(address)
	if err != nil {
		return contender{}, err
	}
	data := payload()
	return contender{name: name, open: func(writer int) (step, error) {
		stream := fmt.Sprintf("bench-%s-%s", uuid.New(), name)
		var expected esdb.ExpectedRevision = esdb.NoStream{}
		return func(ctx context.Context) error {
			event := esdb.EventData{EventID: uuid.New(), EventType: eventType, ContentType: esdb.ContentTypeJson, Data: data}
			options := esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}
			if exact {
				options.ExpectedRevision = expected
			}
			result, err := client.AppendToStream(ctx, stream, options, event)
			if err == nil {
				expected = esdb.Revision(result.NextExpectedVersion)
			}
			return err
		}, nil
	}}, nil
}

// inProcess is appending to the embedded event store without any network.
func (l *lab) inProcess(name string) (contender, error) {
	dir, err := l.folder("inprocess")
	if err != nil {
		return contender{}, err
	}
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		return contender{}, err
	}
	l.atClose(func() { _ = node.Close() })
	data := payload()
	return contender{name: name, open: func(int) (step, error) {
		stream, at := "bench-"+uuid.NewString(), eventlog.NoStream
		return func(ctx context.Context) error {
			event := eventlog.NewEvent{ID: uuid.New(), Type: eventType, Data: data}
			done, err := node.Append(ctx, stream, at, []eventlog.NewEvent{event})
			at = done.Revision
			return err
		}, nil
	}}, nil
}
