package transport_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"parley/adapters/eventnode/transport"
)

func TestBatchAppend_refuses_at_once_what_it_cannot_read(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	changed := func(change func(*streams.BatchAppendReq)) *streams.BatchAppendReq {
		part := whole("a", "s", 1)
		change(part)
		return part
	}
	for name, part := range map[string]*streams.BatchAppendReq{
		"no options":        changed(func(p *streams.BatchAppendReq) { p.Options = nil }),
		"no expectation":    changed(func(p *streams.BatchAppendReq) { p.Options.ExpectedStreamPosition = nil }),
		"too high":          at(1<<63, whole("a", "s", 1)),
		"no stream":         changed(func(p *streams.BatchAppendReq) { p.Options.StreamIdentifier = nil }),
		"an empty stream":   changed(func(p *streams.BatchAppendReq) { p.Options.StreamIdentifier = identifier("") }),
		"no type":           changed(func(p *streams.BatchAppendReq) { delete(p.ProposedMessages[0].Metadata, "type") }),
		"no content type":   changed(func(p *streams.BatchAppendReq) { delete(p.ProposedMessages[0].Metadata, "content-type") }),
		"no metadata":       changed(func(p *streams.BatchAppendReq) { p.ProposedMessages[0].Metadata = nil }),
		"no id of an event": changed(func(p *streams.BatchAppendReq) { p.ProposedMessages[0].Id = nil }),
		"a bad id": changed(func(p *streams.BatchAppendReq) {
			p.ProposedMessages[0].Id = &shared.UUID{Value: &shared.UUID_String_{String_: "bad"}}
		}),
	} {
		t.Log(name)
		wantRefused(t, b.asked(part), "a", badRequest)
		part.IsFinal = false
		wantRefused(t, b.asked(part), "a", badRequest)
		b.send(more("a", 1, true)) // the end of it is no new append
	}
	wantDone(t, b.asked(atNoStream(whole("a", "s", 1))), "a", "s", 0)
}

func TestBatchAppend_echoes_a_correlation_id_that_is_none(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	part := whole("a", "s", 1)
	part.CorrelationId = &shared.UUID{Value: &shared.UUID_String_{String_: "bad"}}
	answer := b.asked(part)
	if got := answer.GetCorrelationId().GetString_(); got != "bad" || answer.GetError().GetMessage() != "BadRequest" {
		t.Errorf("answered %v", answer)
	}
	part.CorrelationId = nil
	if answer := b.asked(part); answer.GetError().GetMessage() != "BadRequest" {
		t.Errorf("answered %v", answer)
	}
	part.CorrelationId = &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{MostSignificantBits: -1, LeastSignificantBits: 7}}}
	if id := b.asked(part).GetCorrelationId().GetStructured(); id.GetMostSignificantBits() != -1 || id.GetLeastSignificantBits() != 7 {
		t.Errorf("the id comes back as %v", id)
	}
}

func TestBatchAppend_refuses_more_than_a_mebibyte_once(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	wantRefused(t, b.asked(sized(whole("one", "s", 1), 1_100_000)), "one", tooLarge)
	// What follows the part that was too much is part of what has been refused,
	// with and without options.
	b.send(sized(begun("two", "s", 1), 600_000), sized(more("two", 1, false), 600_000))
	b.send(more("two", 1, false), more("two", 1, true))
	wantRefused(t, b.answered(), "two", tooLarge)
	b.send(sized(begun("three", "s", 1), 1_100_000))
	wantRefused(t, b.answered(), "three", tooLarge)
	wantRefused(t, b.asked(whole("three", "s", 1)), "three", badRequest)
	wantDone(t, b.asked(atNoStream(sized(whole("most", "s", 1), 1_048_000))), "most", "s", 0)
}

func TestBatchAppend_refuses_product_and_system_streams_unless_writable(t *testing.T) {
	t.Parallel()
	closed, open := serve(t, transport.Config{}), serve(t, transport.Config{Writable: true})
	b, w := closed.batch(), open.batch()
	for _, stream := range []string{"parley_conversation-1", "$$parley_conversation-1", "$settings", "$$$users"} {
		wantRefused(t, b.asked(whole("a", stream, 1)), "a", accessDenied)
		wantDone(t, w.asked(atNoStream(whole("a", stream, 1))), "a", stream, 0)
	}
	wantRefused(t, b.asked(whole("a", "$all", 1)), "a", accessDenied)
	wantRefused(t, w.asked(whole("a", "$all", 1)), "a", accessDenied)
	wantDone(t, b.asked(whole("a", "$$other", 1)), "a", "$$other", 0)
}

func TestBatchAppend_tells_that_a_stream_is_deleted(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	if _, err := f.client.TombstoneStream(f.ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, f.batch().asked(whole("a", "s", 1)), "a", refusal{codes.NotFound, "StreamDeleted", &shared.StreamDeleted{StreamIdentifier: identifier("s")}})
}

func TestBatchAppend_ends_what_is_not_finished_in_time_under_its_own_id(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	soon := begun("soon", "s", 1)
	soon.Options.DeadlineOption = within(50 * time.Millisecond)
	b.send(begun("patient", "s", 1), soon)
	wantRefused(t, b.answered(), "soon", timedOut)
	moment := begun("moment", "s", 1)
	moment.Options.DeadlineOption = &streams.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(time.Now().Add(50 * time.Millisecond))}
	b.send(moment)
	wantRefused(t, b.answered(), "moment", timedOut)
	// What comes too late is not appended, and not answered again.
	b.send(more("soon", 1, true))
	wantDone(t, b.asked(more("patient", 1, true)), "patient", "s", 1)
}

func TestBatchAppend_ends_after_a_while_what_has_no_deadline_or_a_far_one(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{BatchLimit: 50 * time.Millisecond}).batch()
	far := begun("far", "s", 1)
	far.Options.DeadlineOption = within(1 << 62)
	b.send(begun("none", "s", 1))
	wantRefused(t, b.answered(), "none", timedOut)
	b.send(far)
	wantRefused(t, b.answered(), "far", timedOut)
}

func TestBatchAppend_does_nothing_when_its_time_is_over_before(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	for _, final := range []bool{true, false} {
		late := whole("late", "s", 1)
		late.Options.DeadlineOption, late.IsFinal = within(0), final
		wantRefused(t, b.asked(late), "late", timedOut)
	}
	old := whole("old", "s", 1)
	old.Options.DeadlineOption = &streams.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(time.Now().Add(-time.Hour))}
	wantRefused(t, b.asked(old), "old", timedOut)
	wantDone(t, b.asked(atNoStream(whole("now", "s", 1))), "now", "s", 0)
}
