package main_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// sortedKeys returns a map's keys in the order of their text.
func sortedKeys[K comparable, V any](m map[K]V, text func(K) string) []K {
	return slices.SortedFunc(maps.Keys(m), func(a, b K) int { return cmp.Compare(text(a), text(b)) })
}

// bodies are what people write in made files: also what a careless product
// would lose, cut apart or obey.
var bodies = []string{
	"Where is it?", "Ünïcödé 👩‍👩‍👧‍👦 👍🏽 stays whole, wherever a snippet of some characters is cut 👨‍👩‍👧", "4.", "2017.",
	"<b>bold</b> & <script>alert(1)</script>", "Delivery is late. Please tell us when it comes, we have to plan the people.",
	"'; drop table conversations; --", "%00 %s {{ message.body }} ${x}", "日本語の文章です。とても長い文章なので、五十文字のところで切られるはずですが、文字の途中で切ってはいけません。", "ok",
}

// maker makes a file of the format of imports, the same for the same size.
type maker struct {
	chance *rand.Rand
	file   bytes.Buffer
	clock  time.Time
}

// generateDataset makes a file with what real ones lack: companies in trees,
// conversations without messages, repeated contexts, people with more than a
// hundred unread conversations.
func generateDataset(t *testing.T, conversations int) *dataset {
	t.Helper()
	m := &maker{chance: rand.New(rand.NewPCG(7, 11)), clock: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	m.line(map[string]any{"kind": "record_type", "type": "invoice", "label": "Invoice"})
	m.line(map[string]any{"kind": "record_type", "type": "ticket", "label": "Ticket"})
	m.line(map[string]any{"kind": "business_unit", "id": "north", "name": "North"})
	m.line(map[string]any{"kind": "business_unit", "id": "north-east", "name": "North-East", "parent": "north"})
	for i := range companies {
		c := map[string]any{"kind": "customer", "id": company(i), "name": fmt.Sprintf("Company & Söhne %d", i)}
		if i%3 > 0 {
			c["parent"] = company(i - 1)
		}
		m.line(c)
	}
	m.people()
	for i := range madeRecords {
		m.line(map[string]any{
			"kind": "record", "type": typeOf(i), "id": recordID(i), "label": fmt.Sprintf("No. %d", i), "owner": staffID(i % staff),
			"url": fmt.Sprintf("https://shop.example/r/%d", i), "customer_user": buyerID(i % buyers), "customer": company(i % buyers % companies),
		})
	}
	for i := range conversations {
		m.conversation(i)
	}
	return readDataset(t, &m.file)
}

const (
	companies   = 9
	staff       = 6
	buyers      = 27
	madeRecords = 60
)

func company(i int) string  { return fmt.Sprintf("c-%d", i) }
func staffID(i int) string  { return fmt.Sprintf("s-%d", i) }
func buyerID(i int) string  { return fmt.Sprintf("b-%d", i) }
func recordID(i int) string { return fmt.Sprintf("R%d", i) }
func typeOf(i int) string   { return []string{"invoice", "ticket"}[i%2] }

func (m *maker) line(v map[string]any) {
	v["organization"] = "acme"
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	m.file.Write(append(text, '\n'))
}

func (m *maker) people() {
	for i := range staff {
		m.line(map[string]any{
			"kind": "person", "person_kind": "user", "id": staffID(i), "name": fmt.Sprintf("Staff %d", i), "email": staffID(i) + "@acme.example",
			"business_unit": []string{"north", "north-east"}[i%2], "locale": "en", "enabled": true, "roles": []string{[]string{"administrator", "user", "manager"}[i%3]},
		})
	}
	for i := range buyers {
		m.line(map[string]any{
			"kind": "person", "person_kind": "customer_user", "id": buyerID(i), "name": fmt.Sprintf("Büyer %d", i), "email": buyerID(i) + "@buyers.example",
			"customer": company(i % companies), "sales_representative": staffID(i % staff), "locale": "de", "enabled": true,
			"roles": []string{[]string{"buyer", "customer-administrator"}[i%2]},
		})
	}
}

// conversation makes a line whose times no other has, so that orders by time are
// known.
func (m *maker) conversation(i int) {
	buyer, owner := m.chance.IntN(buyers), staffID(m.chance.IntN(staff))
	c := map[string]any{
		"kind": "conversation", "key": fmt.Sprintf("made-%d", i), "name": fmt.Sprintf("About %d", i), "customer_user": buyerID(buyer),
		"owner": owner, "source": nil, "started_at": m.tick(), "closed_at": nil,
	}
	record := recordID(buyer + buyers*m.chance.IntN(2))
	about := map[string]string{"type": typeOf(m.number(record)), "id": record}
	if i%3 > 0 {
		c["source"] = about
	}
	c["contexts"] = []map[string]string{about, about}[:m.chance.IntN(3)]
	messages := []map[string]any{}
	for range m.chance.IntN(9) * min(1, i%20) {
		from := []string{buyerID(buyer), owner, staffID(m.chance.IntN(staff))}[m.chance.IntN(3)]
		messages = append(messages, map[string]any{"from": from, "body": bodies[m.chance.IntN(len(bodies))], "at": m.tick()})
	}
	c["messages"] = messages
	if m.chance.IntN(2) == 0 {
		c["closed_at"] = m.tick()
	}
	m.line(c)
}

func (m *maker) number(record string) (i int) {
	_, _ = fmt.Sscanf(record, "R%d", &i)
	return i
}

func (m *maker) tick() time.Time {
	m.clock = m.clock.Add(time.Duration(1+m.chance.IntN(600)) * time.Second)
	return m.clock
}
