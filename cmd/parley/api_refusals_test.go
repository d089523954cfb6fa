package main_test

import (
	"net/http"
	"strings"
	"testing"
)

// The people who ask, in short.
const (
	anAdmin     = "user:admin"
	aManager    = "user:manager"
	anOwner     = "user:user"
	aColleague  = "user:user2"
	aBuyer      = "customer_user:buyer"
	aChief      = "customer_user:customer-admin"
	aForeigner  = "customer_user:other-buyer"
	nobody      = "user:nobody"
	wrongKind   = "customer_user:admin"
	unknownConv = "/v1/conversations/6b1f3c44-5c1c-4a53-9d83-0d6f8d9d9f10"
)

func TestRefusals_come_in_the_contracts_order_with_all_that_is_wrong(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("refusals")
		closed := p.begin("closed")
		p.as(anOwner).post(closed+"/close", nil).want(http.StatusOK)
		p.ask(t, orderOfRefusals(at, closed))
		p.ask(t, changesThatAreRefused(at))
		p.ask(t, textThatIsRefused(at))
		p.ask(t, headersThatAreRefused(at))
		if got := p.as(anAdmin).get(at).field("message_count"); got != 3.0 {
			t.Errorf("after all refusals there are %v messages, want those 3 that were taken", got)
		}
	})
}

func orderOfRefusals(at, closed string) []probe {
	stale := []string{"If-Match", `"0"`}
	return []probe{
		{"nobody, before bad JSON", nobody, "POST", at + "/messages", "{", nil, "401"},
		{"an id of the other kind of person", wrongKind, "GET", "/v1/me", nil, nil, "401"},
		{"bad JSON, before what may not be seen", aForeigner, "POST", at + "/messages", "{", nil, "400"},
		{"a bad header, before what may not be seen", aForeigner, "POST", at + "/messages", saying("x"), []string{"If-Match", "x"}, "400"},
		{"another media type, before what may not be seen", aForeigner, "POST", at + "/messages", "{", []string{"Content-Type", "text/plain"}, "415"},
		{"what may not be seen, before bad fields", aForeigner, "POST", at + "/messages", obj{"zz": 1}, stale, "404"},
		{"what may not be seen, before bad parameters", aForeigner, "GET", at + "?zz=1", nil, nil, "404"},
		{"a malformed id", anOwner, "GET", "/v1/conversations/1", nil, nil, "404"},
		{"what may not be done, before bad fields", aColleague, "PATCH", at, obj{"name": "", "zz": 1}, stale, "403"},
		{"bad fields, before the revision", anOwner, "PATCH", at, obj{"name": "", "zz": 1}, stale, "422 /name /zz"},
		{"a bad field, before the state", anOwner, "POST", closed + "/messages", saying(""), nil, "422 /body"},
		{"the revision, before the state", anOwner, "POST", closed + "/messages", saying("x"), stale, "412"},
		{"the state", anOwner, "POST", closed + "/messages", saying("x"), nil, "409 conversation_closed"},
		{"closing twice", anOwner, "POST", closed + "/close", nil, nil, "409 conversation_closed"},
		{"reopening what is active", anOwner, "POST", at + "/reopen", nil, nil, "409 conversation_active"},
		{"a customer user transitions", aBuyer, "POST", at + "/close", nil, nil, "403"},
		{"an unknown context, before what may not be done", aColleague, "PUT", at + "/contexts/order/none", nil, nil, "404"},
		{"another method", anOwner, "PUT", "/v1/conversations", obj{}, nil, "405"},
		{"a capability of later", anAdmin, "GET", "/v1/webhooks", nil, nil, "404"},
		{"a field that nobody knows", anOwner, "POST", at + "/messages", obj{"body": "x", "urgent": false}, nil, "422 /urgent"},
	}
}

func changesThatAreRefused(at string) []probe {
	return []probe{
		{
			"all values", anAdmin, "PATCH", at,
			obj{"name": "", "owner": "nobody", "customer_user": "user", "customer": "nowhere", "source": obj{"type": "order"}, "zz": 1},
			nil,
			"422 /customer /customer_user /name /owner /source/id /zz",
		},
		{"an owner without assign", aManager, "PATCH", at, obj{"owner": "user2"}, nil, "403"},
		{"a sender without kind and id", anOwner, "POST", at + "/messages", obj{"body": "x", "from": obj{}}, nil, "422 /from/id /from/kind"},
		{"a sender of no kind", anOwner, "POST", at + "/messages", obj{"body": "x", "from": aPerson("robot", "user")}, nil, "422 /from/kind"},
		{"a sender who is no object", anOwner, "POST", at + "/messages", obj{"body": "x", "from": "user"}, nil, "422 /from"},
		{"an unknown sender of an empty message", anOwner, "POST", at + "/messages", obj{"body": "", "from": aPerson("user", "nobody")}, nil, "422 /body /from"},
		{"a customer user's internal, even false", aBuyer, "POST", at + "/messages", obj{"body": "x", "internal": false}, nil, "403"},
		{"a customer user's other sender", aBuyer, "POST", at + "/messages", obj{"body": "x", "from": aPerson("user", "user")}, nil, "403"},
		{"a note shown as a customer user's", anOwner, "POST", at + "/messages", obj{"body": "x", "internal": true, "from": aPerson("customer_user", "buyer")}, nil, "422 /from"},
		{"read without a number", anOwner, "POST", at + "/read", obj{}, nil, "422 /up_to"},
		{"read a part of a message", anOwner, "POST", at + "/read", obj{"up_to": 1.5, "zz": 1}, nil, "422 /up_to /zz"},
		{"close with a number", anOwner, "POST", at + "/close", obj{"reason": 5, "zz": 1}, nil, "422 /reason /zz"},
		{"mass delete of nothing", anAdmin, "POST", "/v1/conversations/delete", obj{}, nil, "422 /ids"},
		{"mass delete of 101", anAdmin, "POST", "/v1/conversations/delete", obj{"ids": strings.Split(strings.Repeat("x ", 100)+"x", " ")}, nil, "422 /ids"},
	}
}

func textThatIsRefused(at string) []probe {
	messages := at + "/messages"
	raw := func(says, body, want string) probe {
		return probe{says, anOwner, "POST", messages, `{"body":"` + body + `"}`, nil, want}
	}
	filled := `{"body":"x"` + strings.Repeat(" ", 1<<20-12) + `}`
	return []probe{
		raw("U+0000", `a\u0000b`, "422 /body"), raw("a control character", `a\u0007b`, "422 /body"), raw("a raw one is no JSON", "a\x07b", "400"),
		raw("a C1 control character", "a\u0085b", "422 /body"), raw("DEL", "a\x7fb", "422 /body"),
		raw("not UTF-8", "a\xffb", "422 /body"), raw("half a surrogate pair", `\ud800`, "422 /body"), raw("nothing but space", "\u00a0\u2003", "422 /body"),
		raw("32 KiB and a byte", strings.Repeat("é", 16<<10)+"x", "422 /body"), raw("32 KiB", strings.Repeat("é", 16<<10), "201"),
		raw("line ends of two characters are one", strings.Repeat(`\r\n`, 16<<10)+strings.Repeat("x", 16<<10), "201"),
		{"1 MiB", anOwner, "POST", messages, filled, nil, "201"},
		{"1 MiB and a byte", anOwner, "POST", messages, filled + " ", nil, "413"},
		{"a name of 255 characters", anOwner, "PATCH", at, obj{"name": " " + strings.Repeat("😀", 255) + "\n"}, nil, "200"},
		{"a name of 256 characters", anOwner, "PATCH", at, obj{"name": strings.Repeat("é", 256)}, nil, "422 /name"},
		{"nothing to change", anOwner, "PATCH", at, obj{"name": nil}, nil, "200"},
		{"something behind the object", anOwner, "POST", messages, `{"body":"x"} {}`, nil, "400"},
		{"no body", anOwner, "POST", messages, nil, nil, "400"},
		{"text that is none in parameters", anOwner, "GET", "/v1/people?q=%00", nil, nil, "422 q"},
		{"the same in lists", anOwner, "GET", "/v1/conversations?name=%00&owner=%ff&q=1", nil, nil, "422 name owner q"},
		{"the same in records", anOwner, "GET", "/v1/records?q=%1b&type=%00", nil, nil, "422 q type"},
		{"the same in paths", anOwner, "GET", "/v1/records/order/%00", nil, nil, "404"},
		{"an id of 129 bytes", anOwner, "GET", "/v1/records/order/" + strings.Repeat("x", 129), nil, nil, "404"},
	}
}

func headersThatAreRefused(at string) []probe {
	patch := func(says, header, value, want string) probe {
		return probe{says, anOwner, "PATCH", at, obj{"name": nil}, []string{header, value}, want}
	}
	return []probe{
		patch("a position with a sign", "Parley-Min-Position", "-1", "400"), patch("no number", "Parley-Min-Position", "1.0", "400"),
		patch("too large a number", "Parley-Min-Position", "18446744073709551616", "400"), patch("the start", "Parley-Min-Position", "0", "200"),
		patch("an empty key", "Idempotency-Key", "", "400"), patch("too long a key", "Idempotency-Key", strings.Repeat("k", 256), "400"),
		patch("no entity tag", "If-Match", "1", "400"), patch("an empty list", "If-Match", "", "400"), patch("half a tag", "If-Match", `"1`, "400"),
		patch("a tag of nothing", "If-Match", `"x"`, "412"), patch("any", "If-Match", "*", "200"), patch("any and one", "If-Match", `*, "1"`, "400"),
		{"a malformed position of a query", anOwner, "GET", at, nil, []string{"Parley-Min-Position", "x"}, "400"},
		{"a malformed cursor", anOwner, "GET", "/v1/conversations?cursor=x", nil, nil, "400 cursor"},
	}
}
