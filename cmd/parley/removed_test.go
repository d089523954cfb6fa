package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// removable starts a conversation that is shown wherever one can be.
func (p *program) removable(name string) (at string) {
	p.t.Helper()
	at = p.beginAs(aBuyer, obj{"name": name, "source": aRecord("order", "1001"), "message": saying(name)})
	p.as(anOwner).post(at+"/messages", saying(name)).want(http.StatusCreated)
	p.as(aBuyer).post(at+"/messages", saying(name)).want(http.StatusCreated)
	if n := p.placesOf(at); n != 13 {
		p.t.Fatalf("%s is shown in %d places", at, n)
	}
	return at
}

// placesOf returns in how many places people see a conversation.
func (p *program) placesOf(at string) (n int) {
	p.t.Helper()
	for _, who := range []string{anAdmin, anOwner, aBuyer} {
		for _, path := range []string{
			"/v1/conversations?limit=200", "/v1/me/conversations?limit=200&mine=any&status=any", removablesRecord + "?limit=200",
			"/v1/search?limit=200&q=removable", "/v1/me/unread",
		} {
			answer := p.as(who).get(path)
			if answer.status != http.StatusOK || strings.Contains(fmt.Sprint(answer.field("items")), idAt(at)) {
				n++
			}
		}
	}
	return n
}

// removablesRecord is what all of them are about.
const removablesRecord = "/v1/records/order/1001/activities"

// wantRemoved fails the test unless a conversation is gone for commands and
// questions.
func (p *program) wantRemoved(what, at string) {
	p.t.Helper()
	p.ask(p.t, []probe{
		{what + " takes no message", aBuyer, "POST", at + "/messages", saying("anybody there?"), nil, "404"},
		{what + " is not closed", anOwner, "POST", at + "/close", nil, nil, "404"},
		{what + " has no history", anAdmin, "GET", at + "/history", nil, nil, "404"},
	})
	eventually(p.t, startLimit, what+" is shown nowhere", func() bool { return p.placesOf(at) == 0 })
	p.ask(p.t, []probe{
		{what + " is not read", anAdmin, "GET", at, nil, nil, "404"},
		{what + " has no messages", aBuyer, "GET", at + "/messages", nil, nil, "404"},
		{what + " is not restored", anAdmin, "POST", at + "/restore", nil, nil, "404"},
	})
}

// wantTold fails the test unless the record tells who sees everything, and nobody else,
// that so many conversations were removed, and by whom, as far as that is known.
func (p *program) wantTold(removed int) {
	p.t.Helper()
	reasons := slices.Repeat([]string{"removed by the event store's operator"}, removed)
	p.as(anAdmin).get(removablesRecord).want(http.StatusOK).shows("the record", "removed", "reason", reasons...)
	p.as(aBuyer).get(removablesRecord).want(http.StatusOK).shows("the record, to a customer user,", "removed", "reason")
}

// The operator of the store ends streams of conversations without Parley, which
// runs or does not: they are gone from everywhere, also for read models that are
// made anew, and everything else goes on.
func TestServe_ends_the_conversations_whose_streams_were_ended(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := operable(t, stores)
		kept, ended := p.removable("removable kept"), map[string]string{}
		for _, by := range allEnds {
			for _, when := range []string{" under Parley", " behind its back"} {
				ended[by.is+when] = p.removable("removable " + by.is + when)
			}
		}
		p.end(tombstoned, ended["tombstoned under Parley"])
		eventually(t, startLimit, "a tombstone needs nobody to be noticed", func() bool { return p.placesOf(ended["tombstoned under Parley"]) == 0 })
		for _, by := range allEnds[1:] {
			p.end(by, ended[by.is+" under Parley"])
		}
		for _, by := range allEnds {
			p.wantRemoved(by.is+" under Parley", ended[by.is+" under Parley"])
		}
		p.goesOn(kept)
		p.terminate()
		for _, by := range allEnds {
			p.end(by, ended[by.is+" behind its back"])
		}
		p.start()
		for what, at := range ended {
			p.wantRemoved(what, at)
		}
		p.goesOn(kept)
		p.wantTold(len(ended))
		rebuildEach(t, p, "the former rows were the same")
		for what, at := range ended {
			p.wantRemoved(what, at)
		}
		p.wantTold(len(ended))
	})
}

// A tombstone of any other stream ends what that described, for commands and questions,
// and nothing else.
func TestServe_forgets_what_tombstoned_streams_described(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := operable(t, stores)
		admin, kept := p.as(anAdmin), p.begin("kept")
		p.set(obj{"limits": obj{"message_bytes": 10}})
		admin.post(kept+"/messages", saying("longer than ten")).want(http.StatusUnprocessableEntity)
		p.as("user:user2").get("/v1/me").want(http.StatusOK)
		for typ, says := range map[string]string{
			"person.mirrored.v1": `"user2"`, "record.mirrored.v1": `"1002"`, "record-type.mirrored.v1": `"rfq"`, "settings.limits-changed.v1": `10`,
		} {
			p.endStream(tombstoned, admin.streamOf(typ, says))
		}
		p.areForgotten(kept)
		p.terminate()
		p.start()
		p.areForgotten(kept)
		rebuildEach(t, p, "the former rows were the same")
		p.areForgotten(kept)
	})
}

// areForgotten waits until a person, a record, a type of records and the settings are
// forgotten, and demands that the rest goes on.
func (p *program) areForgotten(kept string) {
	p.t.Helper()
	for what, forgotten := range map[string]func() bool{
		"the person": func() bool { return p.as("user:user2").get("/v1/me").status == http.StatusUnauthorized },
		"the person's entry": func() bool {
			return !strings.Contains(string(p.as(anAdmin).get("/v1/people?limit=200").body), `"user2"`)
		},
		"the record":   func() bool { return p.as(anAdmin).get("/v1/records/order/1002").status == http.StatusNotFound },
		"the type":     func() bool { return !strings.Contains(string(p.as(anAdmin).get("/v1/record-types").body), `"rfq"`) },
		"the settings": func() bool { return p.as(anAdmin).get("/v1/settings").field("limits.message_bytes") == 32768.0 },
	} {
		eventually(p.t, startLimit, what+" is forgotten", forgotten)
	}
	p.goesOn(kept)
}

// goesOn fails the test unless a conversation goes on, and the server with it.
func (p *program) goesOn(at string) {
	p.t.Helper()
	p.showsWhatIsSaid(at, "goes"+strings.ReplaceAll(uuid.NewString(), "-", ""))
	p.as(anAdmin).get("/readyz").want(http.StatusOK)
	for _, m := range p.as(anAdmin).get("/v1/admin/projections").want(http.StatusOK).items() {
		if m["state"] != "running" || len(m["parked"].([]any)) > 0 {
			p.t.Errorf("a read model is %v", m)
		}
	}
}
