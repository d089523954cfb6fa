package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// onServers runs a test on one server on each pair of stores, and on two servers
// on one event store and one PostgreSQL.
func onServers(t *testing.T, test func(t *testing.T, servers []*program)) {
	t.Helper()
	onBothStacks(t, func(t *testing.T, stores []string) { test(t, []*program{serve(t, stores)}) })
	t.Run("two instances", func(t *testing.T) {
		t.Parallel()
		one, two := pair(t)
		test(t, []*program{one, two})
	})
}

// atOnce sends a request of the user from so many clients at once, each to the
// next server, and returns the answers.
func atOnce(t *testing.T, servers []*program, clients int, request func(client int) probe) []reply {
	t.Helper()
	answers := make([]reply, clients)
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range answers {
		all.Go(func() {
			<-begin
			q := request(i)
			r, err := servers[i%len(servers)].as(q.as).try(q.method, q.path, q.body, q.headers...)
			if err != nil {
				t.Errorf("client %d: %v", i, err)
				r.t = t
			}
			answers[i] = r
		})
	}
	close(begin)
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return answers
}

func TestManyClients_post_to_one_conversation_without_gap_or_loss(t *testing.T) {
	onServers(t, func(t *testing.T, servers []*program) {
		at := servers[0].begin("crowded")
		const clients, each = 64, 4
		people := []string{anOwner, anAdmin, aManager, aBuyer}
		told := map[float64]string{}
		var highest float64
		var last string
		for round := range each {
			answers := atOnce(t, servers, clients, func(i int) probe {
				return probe{as: people[i%4], method: http.MethodPost, path: at + "/messages", body: saying(fmt.Sprintf("%d of %d", round, i))}
			})
			for _, r := range answers {
				number, body := r.want(http.StatusCreated).field("number").(float64), r.field("body").(string)
				if other, twice := told[number]; twice {
					t.Errorf("number %v was given to %q and to %q", number, other, body)
				}
				told[number] = body
				if number >= highest {
					highest, last = number, r.position()
				}
			}
		}
		for n := 1; n <= clients*each; n++ {
			if _, given := told[float64(n)]; !given {
				t.Errorf("number %d was given to nobody", n)
			}
		}
		for _, p := range servers {
			p.holds(t, at, last, told)
		}
		servers[0].lostRaces(t, at)
	})
}

// holds checks that a server reads back just these messages under their numbers.
func (p *program) holds(t *testing.T, at, position string, want map[float64]string) {
	t.Helper()
	p.as(anOwner).get(at, "Parley-Min-Position", position).tells(t, map[string]any{"message_count": float64(len(want))})
	read := 0
	for more := true; more; {
		page := p.as(anOwner).get(fmt.Sprintf("%s/messages?limit=200&after=%d", at, read), "Parley-Min-Position", position).want(http.StatusOK)
		for _, m := range page.items() {
			if read++; m["number"] != float64(read) || m["body"] != want[float64(read)] {
				t.Fatalf("message %d is read as %v", read, m)
			}
		}
		more = page.field("has_newer").(bool)
	}
	if read != len(want) {
		t.Errorf("%d messages are read, want %d", read, len(want))
	}
}

func TestIdempotencyKeys_repeated_a_thousand_times_at_once_are_one_event_and_one_answer(t *testing.T) {
	onServers(t, func(t *testing.T, servers []*program) {
		at := servers[0].begin("once")
		key := []string{"Idempotency-Key", "a-thousand-times"}
		answers := atOnce(t, servers, 1000, func(int) probe {
			return probe{as: anOwner, method: http.MethodPost, path: at + "/messages", body: saying("once"), headers: key}
		})
		first := answers[0].want(http.StatusCreated)
		for _, r := range answers {
			if string(r.want(http.StatusCreated).body) != string(first.body) || r.position() != first.position() {
				t.Fatalf("one client is told %s at %s, another %s at %s", first.body, first.position(), r.body, r.position())
			}
		}
		for _, p := range servers {
			p.holds(t, at, first.position(), map[float64]string{1: "once"})
		}
		servers[0].as(anAdmin).get(at+"/history").shows("the stream", "items", "type",
			"conversation.started.v1", "conversation.participant-joined.v1", "conversation.participant-joined.v1",
			"conversation.context-attached.v1", "conversation.context-attached.v1", "conversation.message-added.v1")
	})
}

func TestIdempotencyKeys_of_starts_at_once_start_one_conversation(t *testing.T) {
	onServers(t, func(t *testing.T, servers []*program) {
		answers := atOnce(t, servers, 64, func(int) probe {
			return probe{
				as: aBuyer, method: http.MethodPost, path: "/v1/conversations", body: obj{"name": "one", "message": saying("x")},
				headers: []string{"Idempotency-Key", "start"},
			}
		})
		for _, r := range answers {
			if id := r.want(http.StatusCreated).field("id"); id != answers[0].field("id") {
				t.Errorf("one client is told of %v, another of %v", answers[0].field("id"), id)
			}
		}
		for _, p := range servers {
			p.as(anAdmin).get("/v1/conversations", "Parley-Min-Position", answers[0].position()).shows("all", "items", "name", "one")
		}
	})
}

func TestIfMatch_races_have_exactly_one_winner(t *testing.T) {
	onServers(t, func(t *testing.T, servers []*program) {
		at := servers[0].begin("raced")
		tag := servers[0].as(anOwner).send(http.MethodPatch, at, obj{}).want(http.StatusOK).header.Get("ETag")
		for round, race := range []func(i int) probe{
			func(i int) probe {
				return probe{method: http.MethodPatch, path: at, body: obj{"name": fmt.Sprintf("by %d", i)}}
			},
			func(i int) probe {
				return probe{method: http.MethodPost, path: at + "/messages", body: saying(fmt.Sprintf("by %d", i))}
			},
			func(i int) probe {
				return probe{method: http.MethodPut, path: at + "/contexts/order/" + []string{"1001", "1002", "1003"}[i%3]}
			},
			func(int) probe { return probe{method: http.MethodPost, path: at + "/close"} },
			func(int) probe { return probe{method: http.MethodPost, path: at + "/reopen"} },
		} {
			answers := atOnce(t, servers, 32, func(i int) probe {
				q := race(i)
				q.as, q.headers = anAdmin, []string{"If-Match", tag}
				return q
			})
			won := slices.DeleteFunc(slices.Clone(answers), func(r reply) bool { return r.status >= 300 })
			lost := slices.DeleteFunc(slices.Clone(answers), func(r reply) bool { return r.status != http.StatusPreconditionFailed })
			if len(won) != 1 || len(won)+len(lost) != len(answers) {
				t.Fatalf("in race %d there are %d winners and %d who read another revision, of %d", round, len(won), len(lost), len(answers))
			}
			next := servers[0].as(anAdmin).get(at, "Parley-Min-Position", won[0].position()).want(http.StatusOK).header.Get("ETag")
			if next == tag {
				t.Fatalf("race %d did not move the entity tag %s", round, tag)
			}
			tag = next
		}
	})
}

// lostRaces checks that only If-Match makes a writer lose.
func (p *program) lostRaces(t *testing.T, at string) {
	t.Helper()
	tag := p.as(anOwner).get(at, "Parley-Min-Position", p.as(anOwner).post(at+"/messages", saying("last")).position()).header.Get("ETag")
	p.ask(t, []probe{
		{"a read mark", aBuyer, "POST", at + "/read", obj{"up_to": 3}, nil, "204"},
		{"does not move the tag", anOwner, "PUT", at + "/contexts/order/1001", nil, []string{"If-Match", tag}, "204"},
		{"which is then another", anOwner, "DELETE", at + "/contexts/order/1001", nil, []string{"If-Match", tag}, "412"},
		{"for messages", anOwner, "POST", at + "/messages", saying("x"), []string{"If-Match", tag}, "412"},
		{"for participants", anOwner, "PUT", at + "/participants/user/user2", nil, []string{"If-Match", tag}, "412"},
		{"for what changes nothing", anOwner, "PUT", at + "/contexts/user/user", nil, []string{"If-Match", tag}, "412"},
		{"for deleting", anAdmin, "DELETE", at, nil, []string{"If-Match", tag}, "412"},
		{"for closing", anOwner, "POST", at + "/close", nil, []string{"If-Match", "W/" + tag}, "412"},
		{"any revision will do", anOwner, "POST", at + "/messages", saying("x"), []string{"If-Match", "*"}, "201"},
	})
	fresh := p.as(anOwner).send(http.MethodPatch, at, obj{}).header.Get("ETag")
	p.ask(t, []probe{{"one of a list will do", anOwner, "POST", at + "/close", nil, []string{"If-Match", tag + `, W/"1",` + fresh}, "200"}})
}
