package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// generations returns which making of each read model a server that has stopped
// holds. One that was made anew is another.
func generations(t *testing.T, stores []string) map[string]string {
	t.Helper()
	made := map[string]string{}
	t.Run("generations", func(t *testing.T) { // which closes the database at its end
		db := openDatabase(t, stores)
		for _, p := range readModels {
			for row, err := range db.Query(t.Context(), "select generation from "+p.Name+".checkpoint") {
				var generation string
				if err == nil {
					err = row.Scan(&generation)
				}
				if err != nil {
					t.Fatalf("read the generation of %s: %v", p.Name, err)
				}
				made[p.Name] = generation
			}
		}
	})
	if len(made) != len(readModels) {
		t.Fatalf("the read models have the generations %v", made)
	}
	return made
}

// wantKept fails the test if a read model was made anew since the generations were
// read, or if the server, which has stopped, said that it would be.
func (p *program) wantKept(stores []string, before map[string]string) {
	p.t.Helper()
	if diff := cmp.Diff(before, generations(p.t, stores)); diff != "" {
		p.t.Errorf("read models were made anew (-before +after):\n%s", diff)
	}
	if strings.Contains(p.output(), "is rebuilt") {
		p.t.Errorf("the server says that it makes read models anew:\n%s", p.output())
	}
}

// showsWhatIsSaid says something in a conversation and fails the test unless
// everything that people look at shows it.
func (p *program) showsWhatIsSaid(at, text string) {
	p.t.Helper()
	said := p.as(aBuyer).post(at+"/messages", saying(text)).want(http.StatusCreated)
	count := said.field("number").(float64)
	owner := p.as(anOwner)
	name, position := said.since()
	owner.get(at, name, position).want(http.StatusOK).tells(p.t, map[string]any{"message_count": count, "last_message.body": text})
	owner.get(at+"/messages?limit=1&after="+strconv.Itoa(int(count)-1), name, position).want(http.StatusOK).
		tells(p.t, map[string]any{"items.0.body": text})
	owner.get("/v1/conversations?limit=1", name, position).want(http.StatusOK).
		tells(p.t, map[string]any{"items.0.id": idAt(at), "items.0.message_count": count})
	owner.get("/v1/me/unread", name, position).want(http.StatusOK).
		tells(p.t, map[string]any{"items.0.conversation": idAt(at), "items.0.snippet": text})
	owner.get("/v1/search?q="+text, name, position).want(http.StatusOK).tells(p.t, map[string]any{"items.0.conversation": idAt(at)})
}

// Stopped or killed, and started again on the read models that it kept, a server
// shows what is said from then on, and makes nothing anew.
func TestServe_goes_on_with_the_read_models_that_it_kept(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("kept")
		p.showsWhatIsSaid(at, "first")
		p.settled()
		p.terminate()
		before := generations(t, stores)
		p.start()
		p.showsWhatIsSaid(at, "second")
		p.kill()
		p.start()
		p.showsWhatIsSaid(at, "third")
		p.terminate()
		p.wantKept(stores, before)
	})
}
