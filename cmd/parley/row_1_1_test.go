package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRow_1_1_a_start_fills_in_what_is_left_out(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		least := p.as(anOwner).post("/v1/conversations", obj{"name": " least\n", "customer_user": "buyer"}).want(http.StatusCreated)
		least.tells(t, map[string]any{
			"name": "least", "status": "active", "owner.id": "user", "owner.name": "Uma User", "customer_user.name": "Bert Buyer",
			"customer.id": "northwind", "customer.name": "Northwind", "source": nil, "message_count": 0.0, "last_message": nil, "mine": true, "unread": 0.0,
		})
		longest := strings.Repeat("😀", 255)
		full := p.as(anAdmin).post("/v1/conversations", obj{
			"name": longest, "owner": "user2", "customer_user": "buyer", "customer": "northwind", "source": aRecord("rfq", "2001"),
			"contexts": arr{aRecord("order", "1001"), aRecord("user", "manager")}, "message": saying("*hi*\r\n<b>"),
		}).want(http.StatusCreated)
		full.tells(t, map[string]any{
			"name": longest, "status": "active", "owner.id": "user2", "customer.id": "northwind", "source.label": "2001",
			"message_count": 1.0, "last_message.body": "*hi*\n<b>", "last_message.number": 1.0, "last_message.author.id": "admin", "mine": true,
		})
		full.shows("owner, customer user and author take part", "participants", "person.id", "user2", "buyer", "admin")
		full.shows("only the author has read", "participants", "read_up_to", "0", "0", "1")
		full.carriesWhatIsNew(t)
		name, position := full.since()
		at := "/v1/conversations/" + full.field("id").(string)
		p.as(anAdmin).get(at, name, position).tells(t, map[string]any{"name": longest, "owner.id": "user2", "message_count": 1.0})
		if got := p.as(aBuyer).get(at, name, position).field("unread"); got != 1.0 {
			t.Errorf("the buyer has %v unread messages of a start with one", got)
		}
	})
}

// tells fails the test unless these values stand at these paths of an answer.
func (r reply) tells(t *testing.T, want map[string]any) {
	t.Helper()
	for path, value := range want {
		if got := r.field(path); got != value {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
}

// carriesWhatIsNew checks the headers and times of an answer to a start.
func (r reply) carriesWhatIsNew(t *testing.T) {
	t.Helper()
	revision := `"` + strconv.Itoa(int(r.field("revision").(float64))) + `"`
	if at := r.header.Get("Location"); at != "/v1/conversations/"+r.field("id").(string) || r.header.Get("ETag") != revision {
		t.Errorf("headers are %v", r.header)
	}
	for _, name := range []string{"created_at", "updated_at", "last_message.at"} {
		if at, err := time.Parse(time.RFC3339Nano, r.field(name).(string)); err != nil || at.Location() != time.UTC {
			t.Errorf("%s is %v, want RFC 3339 in UTC", name, r.field(name))
		}
	}
}

// What is refused leaves nothing behind.
func TestRow_1_1_a_start_says_all_that_is_wrong_at_once(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.ask(t, startsThatAreRefused())
		started := p.as(anOwner).post("/v1/conversations", obj{"name": "the first", "customer_user": "buyer"}).want(http.StatusCreated)
		name, position := started.since()
		p.as(anAdmin).get("/v1/conversations", name, position).shows("after all refusals", "items", "name", "the first")
	})
}

func startsThatAreRefused() []probe {
	start := func(says, as, want string, body obj) probe {
		return probe{says, as, "POST", "/v1/conversations", body, nil, want}
	}
	return []probe{
		start("nothing", anOwner, "422 /customer_user /name", obj{}),
		start("null is nothing", anOwner, "422 /customer_user /name", obj{"name": nil, "customer_user": nil, "source": nil, "contexts": nil, "message": nil}),
		start("everything is wrong", anAdmin, "422 /contexts/1/id /customer /customer_user /message/body /message/x~0~1y /name /owner /source /zz", obj{
			"name": " ", "customer_user": "nobody", "owner": "buyer", "customer": "nowhere", "source": aRecord("order", "none"),
			"contexts": arr{aRecord("order", "1001"), aRecord("order", "none")}, "message": obj{"body": "\n", "x~/y": 1}, "zz": nil,
		}),
		start("parts are missing", anAdmin, "422 /contexts/0/id /contexts/1/type /source/id /source/type", obj{
			"name": "x", "customer_user": "buyer", "source": obj{}, "contexts": arr{obj{"type": "order"}, obj{"id": "1001"}},
		}),
		start("another customer", anOwner, "422 /customer", obj{"name": "x", "customer_user": "buyer", "customer": "contoso"}),
		start("another owner, before bad fields", anOwner, "403", obj{"owner": "user2"}),
		start("a customer user without a message", aBuyer, "422 /message", obj{"name": "x"}),
		start("a customer user for another", aBuyer, "403", obj{"name": "x", "customer_user": "customer-admin", "message": saying("x")}),
		start("a customer user for another company", aBuyer, "403", obj{"name": "x", "customer": "contoso", "message": saying("x")}),
		start("a customer user with an owner", aBuyer, "403", obj{"name": "x", "owner": "user", "message": saying("x")}),
		start("a customer user with contexts", aBuyer, "403", obj{"name": "x", "contexts": arr{}, "message": saying("x")}),
		start("a customer user with a note", aBuyer, "403", obj{"name": "x", "message": noting("x")}),
		start("a customer user about what is not in view", aBuyer, "422 /source", obj{"source": aRecord("order", "1002"), "message": saying("x")}),
		start("a customer user about what is not there", aBuyer, "422 /source", obj{"source": aRecord("order", "none"), "message": saying("x")}),
	}
}
