package main_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

func TestLists_filter_sort_and_page(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		latest := p.variety()
		p.as(anAdmin).get("/v1/conversations?limit=200", "Parley-Min-Position", latest).want(http.StatusOK)
		p.filters(t)
		p.sorts(t)
		p.cursors(t)
		p.messagePages(t)
	})
}

// variety makes conversations a to f that differ in everything lists ask for;
// d is closed, c and e are without messages, b holds two, f is of another
// company. It returns the position of the last.
func (p *program) variety() string {
	start := func(who string, body obj) string { return p.beginAs(who, body) }
	start(anOwner, obj{"name": "a", "customer_user": "buyer", "message": saying("1")})
	b := start(aManager, obj{"name": "b", "source": aRecord("order", "1003"), "message": saying("1")})
	start(anOwner, obj{"name": "c", "customer_user": "customer-admin"})
	d := start(aColleague, obj{"name": "d", "source": aRecord("rfq", "2001"), "message": saying("1")})
	start(anAdmin, obj{"name": "e", "customer_user": "buyer", "owner": "user2"})
	start(anAdmin, obj{"name": "f%_", "customer_user": "other-buyer", "owner": "user", "message": saying("1")})
	p.as(aManager).post(b+"/messages", saying("2")).want(http.StatusCreated)
	return p.as(aColleague).post(d+"/close", nil).want(http.StatusOK).position()
}

func (p *program) filters(t *testing.T) {
	t.Helper()
	for query, want := range map[string][]string{
		"":                 {"b", "f%_", "e", "d", "c", "a"},
		"name=A&name=f%25": {"f%_", "a"}, "name=_": {"f%_"}, "name=%5C": {},
		"status=closed": {"d"}, "status=closed&status=active": {"b", "f%_", "e", "d", "c", "a"},
		"owner=user": {"f%_", "c", "a"}, "owner=manager&owner=user2": {"b", "e", "d"}, "owner=nobody": {},
		"customer=contoso": {"f%_"}, "customer_user=buyer": {"e", "d", "a"}, "customer_user=customer-admin&customer=northwind": {"b", "c"},
		"source_type=none": {"f%_", "e", "c", "a"}, "source_type=order&source_type=rfq": {"b", "d"}, "source_type=none&source_type=rfq&status=closed": {"d"},
		"message_count_min=2": {"b"}, "message_count_max=0": {"e", "c"}, "message_count_min=1&message_count_max=1": {"f%_", "d", "a"},
		"message_count_min=2&message_count_min=1": {"b", "f%_", "d", "a"},
		"mine=true": {"f%_", "c", "a"}, "mine=false": {"b", "e", "d"}, "mine=true&mine=false": {"b", "f%_", "e", "d", "c", "a"},
		"unread=true": {"f%_"}, "unread=false&mine=true": {"c", "a"},
		"created_after=2100-01-01T00:00:00Z": {}, "created_after=2100-01-01T00:00:00Z&created_after=2000-01-01T00:00:00%2B02:00": {"b", "f%_", "e", "d", "c", "a"},
		"last_message_before=2100-01-01T00:00:00Z": {"b", "f%_", "d", "a"},
	} {
		p.as(anOwner).get("/v1/conversations?"+query).want(http.StatusOK).shows("filter "+query, "items", "name", want...)
	}
	for query, want := range map[string][]string{
		"": {"f%_", "c", "a"}, "status=any": {"f%_", "c", "a"}, "mine=any": {"b", "f%_", "e", "c", "a"}, "mine=any&status=any": {"b", "f%_", "e", "d", "c", "a"},
		"status=closed&mine=false": {"d"}, "mine=true&mine=any&owner=user2": {"e"},
	} {
		p.as(anOwner).get("/v1/me/conversations?"+query).want(http.StatusOK).shows("my filter "+query, "items", "name", want...)
	}
	p.as(aBuyer).get("/v1/conversations").shows("a buyer's", "items", "name", "e", "d", "a")
	p.as(aChief).get("/v1/conversations").shows("the company's", "items", "name", "b", "e", "d", "c", "a")
	p.as(aForeigner).get("/v1/conversations").shows("another company's", "items", "name", "f%_")
	var wrong []probe
	for query, places := range map[string]string{
		"limit=0": "limit", "limit=201": "limit", "limit=x": "limit", "limit=%2B1": "limit", "limit=1&limit=2": "limit", "sort=source": "sort", "sort=name&sort=owner": "sort",
		"status=any": "status", "mine=any": "mine", "unread=1": "unread", "message_count_min=-1": "message_count_min",
		"created_after=2020-01-01": "created_after", "x=1&limit=0&sort=x&status=y": "limit sort status x",
	} {
		wrong = append(wrong, probe{"a wrong parameter", anOwner, "GET", "/v1/conversations?" + query, nil, nil, "422 " + places})
	}
	p.ask(t, wrong)
}

func (p *program) sorts(t *testing.T) {
	t.Helper()
	for sort, path := range map[string]string{
		"name": "name", "status": "status", "message_count": "message_count", "owner": "owner.name", "customer": "customer.name",
		"customer_user": "customer_user.name", "created_at": "created_at", "last_message": "name",
	} {
		for _, direction := range []string{"", "-"} {
			got := p.all("/v1/conversations?limit=2&sort="+direction+sort, path)
			want := slices.Clone(got)
			if sort == "last_message" {
				want = []string{"a", "c", "d", "e", "f%_", "b"}
			} else {
				slices.Sort(want)
			}
			if direction == "-" {
				slices.Reverse(want)
			}
			if !slices.Equal(got, want) || len(got) != 6 {
				t.Errorf("by %s%s they are %q, want %q", direction, sort, got, want)
			}
		}
	}
}

// all follows a list to its end and returns what stands at a path.
func (p *program) all(list, path string) []string {
	p.t.Helper()
	var found []string
	for cursor := ""; ; {
		page := p.as(anAdmin).get(list + cursor).want(http.StatusOK)
		found = append(found, page.each("items", path)...)
		next, more := page.field("next_cursor").(string)
		if !more {
			return found
		}
		cursor = "&cursor=" + url.QueryEscape(next)
	}
}

// cursors checks that a cursor is of its list only, and that arrivals do not
// disturb what follows it.
func (p *program) cursors(t *testing.T) {
	t.Helper()
	first := p.as(anOwner).get("/v1/conversations?limit=2").want(http.StatusOK)
	next := "cursor=" + url.QueryEscape(first.field("next_cursor").(string))
	p.ask(t, []probe{
		{"other filters", anOwner, "GET", "/v1/conversations?status=active&" + next, nil, nil, "400 cursor"},
		{"another order", anOwner, "GET", "/v1/conversations?sort=name&" + next, nil, nil, "400 cursor"},
		{"another list", anOwner, "GET", "/v1/records/user/user/activities?" + next, nil, nil, "400 cursor"},
		{"another limit", anOwner, "GET", "/v1/conversations?limit=9&" + next, nil, nil, "200"},
	})
	top := "/v1/conversations/" + first.field("items.1.id").(string)
	p.as(anAdmin).post(top+"/messages", saying("up again")).want(http.StatusCreated)
	arrived := p.as(anOwner).post(p.begin("arrived")+"/messages", saying("new")).want(http.StatusCreated)
	p.as(anOwner).get("/v1/conversations?limit=9&"+next, "Parley-Min-Position", arrived.position()).
		shows("behind a cursor", "items", "name", "e", "d", "c", "a")
	for _, list := range []string{"/v1/people", "/v1/records", "/v1/record-types", "/v1/records/user/user/activities"} {
		whole, pages := p.all(list+"?limit=200", "id"), p.all(list+"?limit=1", "id")
		if !slices.Equal(whole, pages) || len(whole) < 3 {
			t.Errorf("%s at once is %q, by pages %q", list, whole, pages)
		}
	}
}

// messagePages is row 2.3: paging is by message number.
func (p *program) messagePages(t *testing.T) {
	t.Helper()
	at := p.begin("long")
	r := p.as(anOwner).get(at+"/messages", "Parley-Min-Position", p.as(anOwner).send(http.MethodPatch, at, obj{}).position()).want(http.StatusOK)
	r.shows("no messages", "items", "number")
	var last reply
	for n := range 12 {
		last = p.as(anOwner).post(at+"/messages", saying(strconv.Itoa(n+1))).want(http.StatusCreated)
	}
	for query, want := range map[string]struct {
		from, to     int
		older, newer bool
	}{
		"": {8, 12, true, false}, "limit=3": {10, 12, true, false}, "limit=12": {1, 12, false, false}, "before=8": {3, 7, true, true},
		"before=3": {1, 2, false, true}, "before=1": {1, 0, false, true}, "before=100": {8, 12, true, false}, "after=0": {1, 5, false, true},
		"after=5": {6, 10, true, true}, "after=7": {8, 12, true, false}, "after=12": {1, 0, true, false}, "after=3&before=7": {4, 6, true, true},
	} {
		page := p.as(anOwner).get(at+"/messages?"+query, "Parley-Min-Position", last.position()).want(http.StatusOK)
		var numbers []string
		for n := want.from; n <= want.to; n++ {
			numbers = append(numbers, strconv.Itoa(n))
		}
		page.shows("page "+query, "items", "number", numbers...)
		if page.field("has_older") != want.older || page.field("has_newer") != want.newer {
			t.Errorf("page %s has_older %v and has_newer %v, want %v and %v", query, page.field("has_older"), page.field("has_newer"), want.older, want.newer)
		}
	}
	p.ask(t, []probe{{"wrong numbers", anOwner, "GET", at + "/messages?before=-1&after=x&limit=0&cursor=1", nil, nil, "422 after before cursor limit"}})
}
