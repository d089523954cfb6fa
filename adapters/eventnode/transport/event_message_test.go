package transport

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// sample is a record with something in every field.
func sample(position eventlog.Position, data []byte) *eventnode.Record {
	return &eventnode.Record{Binary: position%2 == 0, Recorded: eventlog.Recorded{
		ID: uuid.New(), Stream: "parley_test-ü", Revision: eventlog.Revision(position) + 7, Position: position,
		Type: "test.happened.v1", Data: data, Metadata: []byte(`{"by":"test"}`), RecordedAt: time.Now(),
	}}
}

// event is the generated message for a record.
func (e encoder) event(r *eventnode.Record) *streams.ReadResp {
	at := uint64(r.Position)
	return &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: at},
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id:               e.id(r.ID),
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.Stream)},
			StreamRevision:   uint64(r.Revision),
			PreparePosition:  at,
			CommitPosition:   at,
			Metadata: map[string]string{
				"type":         r.Type,
				"content-type": contentType(r.Binary),
				"created":      strconv.FormatInt(r.RecordedAt.UnixMicro()*10, 10),
			},
			CustomMetadata: r.Metadata,
			Data:           r.Data,
		},
	}}}
}

func TestCodec_writes_what_the_generated_message_says(t *testing.T) {
	t.Parallel()
	for _, textIDs := range []bool{false, true} {
		for position, data := range map[eventlog.Position][]byte{
			1: []byte(`{}`), 2: nil, 300: bytes.Repeat([]byte{0}, 500), 1 << 62: bytes.Repeat([]byte{255}, 1<<20),
		} {
			e, record := encoder{textIDs}, sample(position, data)
			want := e.event(record)
			if got := sent(t, (&eventMessage{encoder: e}).fill(record, nil)); !proto.Equal(got, want) {
				t.Errorf("event at %d is\n%v, want\n%v", position, got, want)
			}
		}
	}
}

func TestCodec_writes_links(t *testing.T) {
	t.Parallel()
	target, link := sample(5, []byte(`{}`)), sample(9, []byte("12@parley_test-ü"))
	want := encoder{}.event(target)
	want.GetEvent().Link = encoder{}.event(link).GetEvent().GetEvent()
	want.GetEvent().Position = &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: 9}
	message := &eventMessage{}
	if got := sent(t, message.fill(target, link)); !proto.Equal(got, want) {
		t.Errorf("the link is\n%v, want\n%v", got, want)
	}
	want.GetEvent().Event = nil
	if got := sent(t, message.fill(nil, link)); !proto.Equal(got, want) {
		t.Errorf("the broken link is\n%v, want\n%v", got, want)
	}
}

// sent is what a client reads of a message.
func sent(t *testing.T, message any) *streams.ReadResp {
	t.Helper()
	data, err := newCodec().Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	got := &streams.ReadResp{}
	if err := proto.Unmarshal(data.Materialize(), got); err != nil {
		t.Fatal(err)
	}
	return got
}

func BenchmarkCodec(b *testing.B) {
	c, message, record := newCodec(), &eventMessage{}, sample(1<<20, bytes.Repeat([]byte{'7'}, 500))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Marshal(message.fill(record, nil)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCodec_generated(b *testing.B) {
	c, record := newCodec(), sample(1<<20, bytes.Repeat([]byte{'7'}, 500))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Marshal(encoder{}.event(record)); err != nil {
			b.Fatal(err)
		}
	}
}
