package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRow_2_8_names_and_messages_are_searched(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		late := p.begin("Late pallets of steel")
		p.as(anOwner).post(late+"/messages", saying("The **pallets** left <b>Hamburg</b> on Monday")).want(http.StatusCreated)
		p.as(aBuyer).post(late+"/messages", saying("Which pallets? Größe XL is missing")).want(http.StatusCreated)
		p.as(anOwner).post(late+"/messages", noting("The forwarder lost two pallets, secretly")).want(http.StatusCreated)
		other := p.beginAs(anAdmin, obj{"name": "Pallets of contoso", "customer_user": "other-buyer", "owner": "user", "message": saying("Hamburg again")})
		last := p.as(anAdmin).post(other+"/messages", saying("Nothing more")).want(http.StatusCreated)

		search := func(who, text string) reply {
			return p.as(who).get("/v1/search?q="+url.QueryEscape(text), "Parley-Min-Position", last.position()).want(http.StatusOK)
		}
		for _, s := range []struct {
			who, text string
			found     []string
		}{
			{anOwner, "pallets", []string{"Pallets of contoso", "Late pallets of steel"}},
			{anOwner, "PALL", []string{"Pallets of contoso", "Late pallets of steel"}},
			{anOwner, "hamburg monday", []string{"Late pallets of steel"}},
			{anOwner, "steel mon", nil},
			{anOwner, "größe", []string{"Late pallets of steel"}},
			{anOwner, "grosse", nil},
			{anOwner, "secretly", []string{"Late pallets of steel"}},
			{aBuyer, "secretly", nil},
			{aBuyer, "pallets", []string{"Late pallets of steel"}},
			{aForeigner, "pallets", []string{"Pallets of contoso"}},
			{aForeigner, "hamburg", []string{"Pallets of contoso"}},
			{anOwner, `"pallets" OR -monday & (hamburg:*)`, nil},
			{anOwner, "%", nil},
		} {
			if s.text == "%" {
				p.ask(t, []probe{{"no word", s.who, "GET", "/v1/search?q=%25", nil, nil, "422 q"}})
				continue
			}
			search(s.who, s.text).shows(s.who+" looks for "+s.text, "items", "name", s.found...)
		}

		hit := search(anOwner, "hamburg mon")
		hit.shows("the number", "items", "number", "1")
		hit.shows("who said it", "items", "from.id", "user")
		if got := hit.field("items.0.snippet"); got != "The pallets left &lt;b&gt;<mark>Hamburg</mark>&lt;/b&gt; on <mark>Monday</mark>" {
			t.Errorf("the snippet is %s", got)
		}
		search(anOwner, "pallets").shows("the newest match", "items", "number", "null", "3")
		search(anOwner, "pallets").shows("how many match", "items", "matches", "1", "4")
		search(aBuyer, "pallets").shows("the public number", "items", "number", "2")
		search(aBuyer, "pallets").shows("how many of those match", "items", "matches", "3")
	})
}

func TestRow_2_8_a_search_follows_renames_deletion_and_restoring(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("Oldname")
		p.as(anOwner).post(at+"/messages", saying("a zebra")).want(http.StatusCreated)
		finds := func(after reply, text string, found ...string) {
			t.Helper()
			p.as(anOwner).get("/v1/search?q="+text, "Parley-Min-Position", after.position()).want(http.StatusOK).shows(text, "items", "name", found...)
		}
		renamed := p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "Newname"}).want(http.StatusOK)
		finds(renamed, "oldname")
		finds(renamed, "newname", "Newname")
		finds(renamed, "zebra", "Newname")
		deleted := p.as(anAdmin).send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		finds(deleted, "newname")
		finds(deleted, "zebra")
		restored := p.as(anAdmin).post(at+"/restore", nil).want(http.StatusOK)
		finds(restored, "zebra", "Newname")
	})
}

func TestRow_2_8_a_search_pages_while_messages_arrive_and_refuses_what_it_must(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		var last reply
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			last = p.as(anOwner).post(p.begin(name)+"/messages", saying("walrus")).want(http.StatusCreated)
		}
		first := p.as(anOwner).get("/v1/search?q=walr&limit=2", "Parley-Min-Position", last.position()).want(http.StatusOK)
		first.shows("the newest", "items", "name", "e", "d")
		arrived := p.as(anOwner).post(p.begin("f")+"/messages", saying("walrus")).want(http.StatusCreated)
		next := "cursor=" + url.QueryEscape(first.field("next_cursor").(string))
		p.as(anOwner).get("/v1/search?q=walr&limit=9&"+next, "Parley-Min-Position", arrived.position()).want(http.StatusOK).shows("the rest", "items", "name", "c", "b", "a")
		p.ask(t, []probe{
			{"another search", anOwner, "GET", "/v1/search?q=walrus&" + next, nil, nil, "400 cursor"},
			{"no cursor", anOwner, "GET", "/v1/search?q=walr&cursor=x", nil, nil, "400 cursor"},
			{"nothing", anOwner, "GET", "/v1/search", nil, nil, "422 q"},
			{"signs", anOwner, "GET", "/v1/search?q=%22%27%2A%28%29", nil, nil, "422 q"},
			{"a NUL", anOwner, "GET", "/v1/search?q=a%00b", nil, nil, "422 q"},
			{"bad UTF-8", anOwner, "GET", "/v1/search?q=%ff", nil, nil, "422 q"},
			{"a long one", anOwner, "GET", "/v1/search?q=" + strings.Repeat("a", 1025), nil, nil, "422 q"},
			{"twice, and more", anOwner, "GET", "/v1/search?q=a&q=b&limit=0&x=1", nil, nil, "422 limit q x"},
			{"many words", anOwner, "GET", "/v1/search?q=" + strings.Repeat("a+", 500), nil, nil, "200"},
			{"operators", anOwner, "GET", "/v1/search?q=" + url.QueryEscape(`NOT "x' AND (y) :* NEAR/2 \`), nil, nil, "200"},
		})
	})
}
