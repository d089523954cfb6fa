package transport_test

import (
	"fmt"
	"testing"
	"time"

	"parley/adapters/eventnode/transport"
)

// Who has so much unfinished is told so, and need not lose the others.
func TestBatchAppend_bounds_what_is_unfinished_in_a_call_and_on_a_connection(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	client := f.bare()
	var calls []*batching
	for range 4 {
		calls = append(calls, f.batchBy(client))
		calls[len(calls)-1].fill(15)
	}
	last := f.batchBy(client)
	last.fill(3) // what is left of the connection's room
	f.batch().fill(15)

	wantDone(t, calls[0].asked(more("fill 0", 0, true)), "fill 0", "fill 0", 0)
	if err := calls[1].call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for err := error(nil); err == nil; _, err = calls[1].call.Recv() {
	}
	last.send(sized(begun("again", "s", 1), 900_000))
	wantDone(t, last.asked(more("again", 0, true)), "again", "s", 0)
}

func TestBatchAppend_bounds_how_many_appends_are_unfinished(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	const most = 2048
	for i := range most {
		b.send(begun(fmt.Sprint(i), "s", 0))
	}
	wantRefused(t, b.asked(begun("one more", "s", 0)), "one more", noRoom)
	for i := range most {
		b.send(more(fmt.Sprint(i), 1, true))
	}
	for range most {
		if answer := b.answered(); answer.GetSuccess() == nil {
			t.Fatalf("answered %v", answer)
		}
	}
}

// fill begins n appends of half a mebibyte, and one that is too much.
func (b *batching) fill(n int) {
	b.Helper()
	name := ""
	for i := range n + 1 {
		name = fmt.Sprintf("fill %d", i)
		b.send(sized(begun(name, name, 1), 512<<10))
	}
	wantRefused(b.T, b.answered(), name, noRoom)
}

func TestBatchAppend_gives_back_what_an_append_held(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	for range 10 { // more than there is room for at a time, in each way
		b.send(sized(begun("finished", "s", 1), 900_000))
		if answer := b.asked(more("finished", 0, true)); answer.GetSuccess() == nil {
			t.Fatalf("answered %v", answer)
		}
		b.send(sized(begun("refused", "s", 1), 900_000), sized(more("refused", 1, true), 900_000))
		wantRefused(t, b.answered(), "refused", tooLarge)
		late := sized(begun("late", "s", 1), 900_000)
		late.Options.DeadlineOption = within(time.Millisecond)
		wantRefused(t, b.asked(late), "late", timedOut)
		b.send(more("late", 0, true))
	}
}

// What waits for room does not reach the node, so it is not carried out later.
func TestBatchAppend_bounds_what_is_under_way_in_a_call(t *testing.T) {
	t.Parallel()
	f, goOn := stalled(t)
	b := f.batch()
	b.occupy(18)
	b.wantHeldBack(goOn, 18)
}

func TestBatchAppend_bounds_what_is_under_way_on_a_connection(t *testing.T) {
	t.Parallel()
	f, goOn := stalled(t)
	client := f.bare()
	for range 4 {
		f.batchBy(client).occupy(18)
	}
	last := f.batchBy(client)
	last.occupy(2) // what is left of the connection's room
	f.batch().occupy(18)
	last.wantHeldBack(goOn, 2)
}

// stalled serves a node that waits for its disk.
func stalled(t *testing.T) (f *fixture, goOn func()) {
	t.Helper()
	f, disk := onDisk(t, transport.Config{BatchLimit: time.Hour})
	waits, goOn := stall(t, disk)
	f.batch().send(whole("first", "first", 1))
	<-waits
	return f, goOn
}

// occupy sends n large appends and waits until they are under way. They will be
// refused, which costs the disk nothing.
func (b *batching) occupy(n int) {
	b.Helper()
	for range n {
		b.send(at(9, sized(whole("large", "large", 1), 900_000)))
	}
	wantRefused(b.T, b.asked(more("behind", 0, true)), "behind", badRequest)
}

// wantHeldBack sends one append more, which is not to be under way beside those
// that are, before the disk goes on.
func (b *batching) wantHeldBack(goOn func(), under int) {
	b.Helper()
	late := sized(whole("late", "late", 1), 900_000)
	late.Options.DeadlineOption = within(300 * time.Millisecond)
	wantRefused(b.T, b.asked(late), "late", timedOut)
	goOn()
	for range under {
		b.answered()
	}
	wantDone(b.T, b.asked(atNoStream(whole("again", "late", 1))), "again", "late", 0)
}
