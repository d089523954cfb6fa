package transport_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

// readAnswer reads a stream's first event and returns the client's code of the
// error, or -1.
func (f *fixture) readAnswer(stream string) esdb.ErrorCode {
	f.Helper()
	read, err := f.client.ReadStream(f.ctx, stream, esdb.ReadStreamOptions{}, 10)
	if err == nil {
		defer read.Close()
		_, err = read.Recv()
	}
	return code(err)
}

func TestDelete_hides_a_stream_and_its_metadata_says_so(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	deleted, err := f.client.DeleteStream(f.ctx, "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(2)})
	if err != nil || deleted.Position.Commit != uint64(f.node.Head()) {
		t.Fatalf("%+v, %v", deleted, err)
	}
	if got := f.readAnswer("s"); got != esdb.ErrorCodeResourceNotFound {
		t.Errorf("a read answers %v, want not found", got)
	}
	if said, err := f.client.GetStreamMetadata(f.ctx, "s", esdb.ReadStreamOptions{}); err != nil || *said.TruncateBefore() < 1<<63-1 {
		t.Errorf("the metadata is %+v, %v", said, err)
	}
	_, err = f.client.AppendToStream(f.ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.StreamExists{}}, newEvents(1)...)
	if code(err) != esdb.ErrorCodeStreamDeleted {
		t.Errorf("an append to a stream that exists answers %v, want deleted", err)
	}
	if got := f.append("s", esdb.NoStream{}, newEvents(2)...); got.NextExpectedVersion != 4 {
		t.Errorf("the stream goes on at %d, want 4", got.NextExpectedVersion)
	}
	read, err := f.client.ReadStream(f.ctx, "s", esdb.ReadStreamOptions{From: esdb.Start{}}, 10)
	if got := drain(t, read, err); len(got) != 2 || got[0] != "s@3" {
		t.Errorf("the stream shows %v", got)
	}
}

func TestTombstone_is_told_by_every_call(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	if _, err := f.client.TombstoneStream(f.ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	if got := f.readAnswer("s"); got != esdb.ErrorCodeStreamDeleted {
		t.Errorf("a read answers %v, want deleted", got)
	}
	for _, stream := range []string{"s", "$$s"} {
		_, err := f.client.AppendToStream(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvents(1)...)
		if code(err) != esdb.ErrorCodeStreamDeleted {
			t.Errorf("an append to %s answers %v, want deleted", stream, err)
		}
	}
	raw := f.bare()
	for name, call := range map[string]func(*metadata.MD) error{
		"read": func(md *metadata.MD) (err error) {
			_, *md, err = f.messages(rawRead(func(o *streams.ReadReq_Options) { o.StreamOption = ofStream("s", 0) }))
			return err
		},
		"subscription": func(md *metadata.MD) (err error) {
			_, *md, err = f.messages(rawRead(func(o *streams.ReadReq_Options) {
				o.StreamOption, o.CountOption = ofStream("s", 0), &streams.ReadReq_Options_Subscription{}
			}))
			return err
		},
		"delete": func(md *metadata.MD) error {
			_, err := raw.Delete(f.ctx, &streams.DeleteReq{Options: &streams.DeleteReq_Options{
				StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.DeleteReq_Options_Any{Any: &shared.Empty{}},
			}}, grpc.Trailer(md))
			return err
		},
		"tombstone": func(md *metadata.MD) error {
			_, err := raw.Tombstone(f.ctx, &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
				StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.TombstoneReq_Options_StreamExists{StreamExists: &shared.Empty{}},
			}}, grpc.Trailer(md))
			return err
		},
	} {
		var trailer metadata.MD
		if err := call(&trailer); status.Code(err) != codes.FailedPrecondition {
			t.Errorf("%s: %v, want FailedPrecondition", name, err)
		}
		wantTrailers(t, trailer, map[string]string{"exception": "stream-deleted", "stream-name": "s"})
	}
}

func TestDelete_tells_a_revision_that_does_not_hold_in_trailers(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	var trailer metadata.MD
	_, err := f.bare().Delete(f.ctx, &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 7},
	}}, grpc.Trailer(&trailer))
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("got %v, want FailedPrecondition", err)
	}
	wantTrailers(t, trailer, map[string]string{
		"exception": "wrong-expected-version", "stream-name": "s", "expected-version": "7", "actual-version": "2",
	})
	_, err = f.bare().Tombstone(f.ctx, &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
		StreamIdentifier: identifier("absent"), ExpectedStreamRevision: &streams.TombstoneReq_Options_StreamExists{StreamExists: &shared.Empty{}},
	}}, grpc.Trailer(&trailer))
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("got %v, want FailedPrecondition", err)
	}
	wantTrailers(t, trailer, map[string]string{"exception": "wrong-expected-version", "expected-version": "-4", "actual-version": "-1"})
	_, err = f.bare().Delete(f.ctx, &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier("absent"), ExpectedStreamRevision: &streams.DeleteReq_Options_Any{Any: &shared.Empty{}},
	}}, grpc.Trailer(&trailer))
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("got %v, want FailedPrecondition", err)
	}
	wantTrailers(t, trailer, map[string]string{"exception": "wrong-expected-version", "stream-name": "absent", "expected-version": "-2", "actual-version": "-1"})
}

func TestTombstone_lets_metadata_be_set_where_there_is_some(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	set := func(expected esdb.ExpectedRevision) error {
		var metadata esdb.StreamMetadata
		metadata.SetMaxCount(3)
		_, err := f.client.SetStreamMetadata(f.ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: expected}, metadata)
		return err
	}
	if err := set(esdb.NoStream{}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.TombstoneStream(f.ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	for _, expected := range []esdb.ExpectedRevision{esdb.Revision(0), esdb.Any{}} {
		if err := set(expected); err != nil {
			t.Errorf("setting it at %v: %v", expected, err)
		}
		if _, err := f.client.GetStreamMetadata(f.ctx, "s", esdb.ReadStreamOptions{}); code(err) != esdb.ErrorCodeStreamDeleted {
			t.Errorf("reading it: %v, want deleted", err)
		}
	}
}

func TestDelete_refuses_what_may_not_be_written(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.seed("parley_a", -1, 1)
	for _, stream := range []string{"parley_a", "$$parley_a", "$users", "$all"} {
		if _, err := f.client.DeleteStream(f.ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); code(err) != esdb.ErrorCodeAccessDenied {
			t.Errorf("deleting %s: %v, want access denied", stream, err)
		}
		if _, err := f.client.TombstoneStream(f.ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); code(err) != esdb.ErrorCodeAccessDenied {
			t.Errorf("ending %s: %v, want access denied", stream, err)
		}
	}
	f.append("own", esdb.NoStream{}, newEvents(1)...)
	if _, err := f.client.DeleteStream(f.ctx, "own", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Errorf("a stream of the client's own cannot be deleted: %v", err)
	}
	_, err := f.bare().Delete(context.Background(), &streams.DeleteReq{Options: &streams.DeleteReq_Options{StreamIdentifier: identifier("")}})
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("a deletion of no stream: %v", err)
	}
}
