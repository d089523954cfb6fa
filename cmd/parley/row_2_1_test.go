package main_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// past imports conversations of the past and returns the position of the last.
func (p *program) past(conversations ...obj) string {
	p.t.Helper()
	var lines strings.Builder
	for _, c := range conversations {
		line := obj{"kind": "conversation", "organization": "acme", "key": c["name"], "source": nil, "contexts": arr{}, "messages": arr{}, "closed_at": nil}
		maps.Copy(line, c)
		text, err := json.Marshal(line)
		if err != nil {
			p.t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	r := p.as(anAdmin).post("/v1/import", lines.String(), "Content-Type", "application/x-ndjson").want(http.StatusOK)
	var end struct {
		Summary  struct{ Created int }
		Position string
	}
	answers := strings.Split(strings.TrimSpace(string(r.body)), "\n")
	text := strings.Replace(answers[len(answers)-1], `"position":`, `"position":"`, 1)
	text = strings.TrimSuffix(text, "}") + `"}`
	if err := json.Unmarshal([]byte(text), &end); err != nil || end.Summary.Created != len(conversations) {
		p.t.Fatalf("the import ended with %v: %s", err, r.body)
	}
	return end.Position
}

// said is a message of the past.
func said(from, at, body string) obj {
	return obj{"from": from, "at": "2026-01-" + at + ":00Z", "body": body}
}

// january are four conversations that differ in all that a list shows.
func january() []obj {
	return []obj{
		{
			"name": "bolts", "owner": "user2", "customer_user": "buyer", "started_at": "2026-01-01T09:00:00Z",
			"messages": arr{said("user2", "01T10:00", "a"), said("buyer", "01T11:00", "b")},
		},
		{
			"name": "anvils", "owner": "user", "customer_user": "other-buyer", "started_at": "2026-01-03T09:00:00Z",
			"messages": arr{said("other-buyer", "03T10:00", "c")},
		},
		{"name": "chains", "owner": "manager", "customer_user": "customer-admin", "started_at": "2026-01-02T09:00:00Z", "source": aRecord("order", "1003")},
		{
			"name": "drills", "owner": "user", "customer_user": "buyer", "started_at": "2026-01-02T10:00:00Z", "closed_at": "2026-01-02T13:00:00Z",
			"messages": arr{said("buyer", "02T11:00", "d"), said("buyer", "02T12:00", "e"), said("user", "02T12:30", "f")},
		},
	}
}

func TestRow_2_1_every_column_is_shown(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		since := p.past(january()...)
		list := p.as(anOwner).get("/v1/conversations?sort=name", "Parley-Min-Position", since).want(http.StatusOK)
		for path, want := range map[string][]string{
			"name":                 {"anvils", "bolts", "chains", "drills"},
			"message_count":        {"1", "2", "0", "3"},
			"source.id":            {"null", "null", "1003", "null"},
			"owner.id":             {"user", "user2", "manager", "user"},
			"customer.id":          {"contoso", "northwind", "northwind", "northwind"},
			"customer_user.id":     {"other-buyer", "buyer", "customer-admin", "buyer"},
			"status":               {"active", "active", "active", "closed"},
			"created_at":           {"2026-01-03T09:00:00Z", "2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z", "2026-01-02T10:00:00Z"},
			"last_message.at":      {"2026-01-03T10:00:00Z", "2026-01-01T11:00:00Z", "null", "2026-01-02T12:30:00Z"},
			"last_message.from.id": {"other-buyer", "buyer", "null", "user"},
			"unread":               {"1", "0", "0", "0"},
			"mine":                 {"true", "false", "false", "true"},
		} {
			list.shows("column "+path, "items", path, want...)
		}
	})
}

func TestRow_2_1_every_order_and_filter(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		since := p.past(january()...)
		p.as(anAdmin).get("/v1/conversations", "Parley-Min-Position", since).want(http.StatusOK)
		for sort, want := range map[string]string{
			"":              "anvils drills chains bolts", // by last message, else creation, newest first
			"name":          "anvils bolts chains drills",
			"message_count": "chains anvils bolts drills",
			"created_at":    "bolts chains drills anvils",
			"last_message":  "bolts chains drills anvils",
		} {
			p.ordered(t, sort, strings.Fields(want))
		}
		for sort, path := range map[string]string{"status": "status", "owner": "owner.name", "customer": "customer.name", "customer_user": "customer_user.name"} {
			shown := p.as(anAdmin).get("/v1/conversations?sort="+sort).want(http.StatusOK).each("items", path)
			if !slices.IsSorted(shown) || len(shown) != 4 {
				t.Errorf("by %s they show %q", sort, shown)
			}
			p.ordered(t, sort, p.as(anAdmin).get("/v1/conversations?sort="+sort).each("items", "name"))
		}
		for filter, want := range map[string]string{
			"name=L&name=VIL": "anvils bolts drills", "status=closed": "drills", "message_count_min=1&message_count_max=2": "anvils bolts",
			"owner=user&owner=manager": "anvils chains drills", "customer=contoso": "anvils", "customer_user=buyer": "bolts drills",
			"created_after=2026-01-02T09:00:00Z": "anvils drills", "created_before=2026-01-02T10:00:00Z": "bolts chains",
			"created_after=2026-01-02T08:59:59.999999Z&created_before=2026-01-02T10:00:00.000001Z": "chains drills",
			"last_message_after=2026-01-01T11:00:00Z":                                              "anvils drills", "last_message_before=2026-01-02T12:30:00Z": "bolts",
			"last_message_before=2100-01-01T00:00:00Z": "anvils bolts drills",
			"source_type=none":                         "anvils bolts drills", "source_type=order": "chains", "source_type=none&source_type=order": "anvils bolts chains drills",
			"mine=true": "anvils drills", "mine=false": "bolts chains", "unread=true": "anvils", "unread=false": "bolts chains drills",
			"mine=true&unread=false&status=closed&owner=user": "drills",
		} {
			for _, sort := range []string{"name", "-owner", "-last_message"} {
				got := p.as(anOwner).get("/v1/conversations?sort="+sort+"&"+filter).want(http.StatusOK).each("items", "name")
				if slices.Sort(got); strings.Join(got, " ") != want {
					t.Errorf("%s by %s finds %q, want %s", filter, sort, got, want)
				}
			}
		}
		p.as(aForeigner).get("/v1/conversations").shows("another company's", "items", "name", "anvils")
	})
}

// ordered checks an order, page by page, in both directions.
func (p *program) ordered(t *testing.T, sort string, want []string) {
	t.Helper()
	for _, direction := range []string{"", "-"} {
		if sort == "" && direction == "-" {
			return
		}
		parameter := strings.TrimSuffix("&sort="+direction+sort, "&sort=")
		if direction == "-" {
			want = slices.Clone(want)
			slices.Reverse(want)
		}
		for _, limit := range []string{"1", "3", "50"} {
			if got := p.all("/v1/conversations?limit="+limit+parameter, "name"); !slices.Equal(got, want) {
				t.Errorf("by %s%s, %s a page, they are %q, want %q", direction, sort, limit, got, want)
			}
		}
	}
}

func TestRow_2_1_arrivals_never_shift_a_page(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.as(anAdmin).get("/v1/conversations", "Parley-Min-Position", p.past(january()...)).want(http.StatusOK)
		for _, sort := range []string{"name", "status", "message_count", "owner", "customer", "customer_user", "created_at", "last_message"} {
			for _, direction := range []string{"", "-"} {
				list := "/v1/conversations?sort=" + direction + sort
				before := p.all(list+"&limit=200", "name")
				first := p.as(anAdmin).get(list + "&limit=2").want(http.StatusOK)
				arrived := p.beginAs(anOwner, obj{"name": "arrived " + direction + sort, "customer_user": "buyer", "message": saying("x")})
				if direction == "-" || sort != "last_message" && sort != "message_count" {
					// What was shown and then moves up is not shown again.
					p.as(anAdmin).post("/v1/conversations/"+first.field("items.0.id").(string)+"/messages", saying("y"))
				}
				last := p.as(anAdmin).post(arrived+"/messages", saying("y")).want(http.StatusCreated)
				p.as(anAdmin).get(list, "Parley-Min-Position", last.position()).want(http.StatusOK)
				seen := first.each("items", "name")
				seen = append(seen, p.from(list+"&limit=2", first, "name")...)
				seen = slices.DeleteFunc(seen, func(name string) bool { return name == "arrived "+direction+sort })
				if !slices.Equal(seen, before) {
					t.Errorf("by %s%s, the pages show %q, want %q", direction, sort, seen, before)
				}
			}
		}
	})
}

// from follows a list from the page behind one to its end and returns what
// stands at a path.
func (p *program) from(list string, page reply, path string) (found []string) {
	p.t.Helper()
	for {
		next, more := page.field("next_cursor").(string)
		if !more {
			return found
		}
		page = p.as(anAdmin).get(list + "&cursor=" + url.QueryEscape(next)).want(http.StatusOK)
		found = append(found, page.each("items", path)...)
	}
}
