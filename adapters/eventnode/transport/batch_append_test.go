package transport_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"parley/adapters/eventnode/transport"
)

func TestBatchAppend_is_named_with_its_kind_of_deadline(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	answer, err := serverfeatures.NewServerFeaturesClient(f.raw()).GetSupportedMethods(f.ctx, &shared.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(answer.GetMethods(), func(m *serverfeatures.SupportedMethod) bool {
		return m.GetServiceName() == "event_store.client.streams.streams" && m.GetMethodName() == "batchappend" && slices.Equal(m.GetFeatures(), []string{"deadline_duration"})
	}) {
		t.Errorf("the features are %v", answer.GetMethods())
	}
}

func TestBatchAppend_holds_each_expectation(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	first := wantDone(t, b.asked(atNoStream(whole("first", "s", 2))), "first", "s", 1)
	second := wantDone(t, b.asked(at(1, whole("second", "s", 1))), "second", "s", 2)
	wantDone(t, b.asked(whole("any", "s", 1)), "any", "s", 3)
	wantDone(t, b.asked(atExisting(whole("existing", "s", 1))), "existing", "s", 4)
	if second <= first {
		t.Errorf("an append behind %d is at %d", first, second)
	}
	wantDone(t, b.asked(atNoStream(whole("none", "another", 1))), "none", "another", 0)
}

func TestBatchAppend_tells_what_was_expected_and_what_is_there(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	b, none := f.batch(), &emptypb.Empty{}
	for name, c := range map[string]struct {
		part *streams.BatchAppendReq
		told *shared.WrongExpectedVersion
	}{
		"no stream": {atNoStream(whole("no stream", "s", 1)), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: none},
		}},
		"too far": {at(9, whole("too far", "s", 1)), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 9},
		}},
		"existing": {atExisting(whole("existing", "absent", 1)), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: none},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: none},
		}},
		"at 0": {at(0, whole("at 0", "absent", 1)), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: none},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 0},
		}},
	} {
		wantRefused(t, b.asked(c.part), name, refusal{codes.AlreadyExists, "WrongExpectedVersion", c.told})
	}
}

// A client of any age that retries, or reuses an id for what it sends, is told
// what it was told first.
func TestBatchAppend_gives_the_same_ids_the_same_success(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	events := proposed(2)
	for _, again := range []func(*streams.BatchAppendReq) *streams.BatchAppendReq{
		atNoStream, func(part *streams.BatchAppendReq) *streams.BatchAppendReq { return part },
	} {
		first, second := atNoStream(whole("first", "s", 0)), again(whole("second", "s", 0))
		first.ProposedMessages, second.ProposedMessages = events, events
		b.send(first, second)
		places := map[uint64]bool{}
		for range 2 {
			answer := b.answered()
			name := "first"
			if proto.Equal(answer.GetCorrelationId(), correlation("second")) {
				name = "second"
			}
			places[wantDone(t, answer, name, "s", 1)] = true
		}
		if len(places) != 1 {
			t.Errorf("the positions are %v", places)
		}
	}
}

// Who appends at exact revisions need not wait for one answer to send the next.
func TestBatchAppend_decides_in_the_order_in_which_appends_were_finished(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	const appends = 300
	sent := make(chan error, 1)
	go func() {
		err := b.call.Send(atNoStream(whole("0", "s", 1)))
		for i := uint64(1); i < appends && err == nil; i++ {
			err = b.call.Send(at(i-1, whole(fmt.Sprint(i), "s", 1)))
		}
		sent <- err
	}()
	for range appends {
		if answer := b.answered(); answer.GetSuccess() == nil {
			t.Fatalf("answered %v", answer)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestBatchAppend_without_events_answers_no_stream_and_a_position(t *testing.T) {
	t.Parallel()
	answer := serve(t, transport.Config{}).batch().asked(whole("nothing", "absent", 0))
	if answer.GetSuccess().GetNoStream() == nil || answer.GetSuccess().GetPosition().GetCommitPosition() == 0 {
		t.Errorf("answered %v", answer)
	}
}

func TestBatchAppend_appends_the_parts_of_an_append_as_one(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	b := f.batch()
	b.send(atNoStream(begun("a", "s", 1)), atNoStream(begun("b", "other", 2)), more("a", 1, false), more("b", 1, false))
	wantDone(t, b.asked(whole("c", "third", 1)), "c", "third", 0)
	for _, stream := range []string{"s", "other"} {
		if said, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.StreamOption = ofStream(stream, 0) })); err != nil || said[0] != "not found" {
			t.Errorf("of an unfinished append %q, %v can be read", said, err)
		}
	}
	wantDone(t, b.asked(more("b", 0, true)), "b", "other", 2)
	wantDone(t, b.asked(more("a", 3, true)), "a", "s", 4)
	read, err := f.client.ReadStream(f.ctx, "s", esdb.ReadStreamOptions{From: esdb.Start{}}, 10)
	if got := drain(t, read, err); len(got) != 5 {
		t.Errorf("the stream is %v", got)
	}
}

func TestBatchAppend_carries_many_appends_at_once(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	const appends, parts = 500, 3
	for part := range parts {
		for i := range appends {
			name := fmt.Sprint(i)
			if part == 0 {
				b.send(atNoStream(begun(name, name, 1)))
			} else {
				b.send(more(name, 1, part == parts-1))
			}
		}
	}
	answered := map[string]bool{}
	for range appends {
		answer := b.answered()
		if answer.GetSuccess().GetCurrentRevision() != parts-1 {
			t.Fatalf("answered %v", answer)
		}
		answered[answer.GetCorrelationId().GetString_()] = true
	}
	if len(answered) != appends {
		t.Errorf("%d of %d appends were answered", len(answered), appends)
	}
}

// A Node.js client leaves by cancelling; another one asks for the end.
func TestBatchAppend_ends_with_the_last_answer_when_its_client_sends_no_more(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	b.send(begun("never", "s", 1))
	const appends = 100
	for i := range appends {
		b.send(whole(fmt.Sprint(i), fmt.Sprint(i), 1))
	}
	if err := b.call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	done, late := 0, 0
	for {
		answer, err := b.call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if answer.GetSuccess() != nil {
			done++
		} else {
			late++
			wantRefused(t, answer, "never", timedOut)
		}
	}
	if done != appends || late != 1 {
		t.Errorf("%d appends succeeded, %d were late", done, late)
	}
}

func TestBatchAppend_ends_without_a_word_when_nothing_was_asked(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	if err := b.call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if answer, err := b.call.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("answered %v, %v", answer, err)
	}
}
