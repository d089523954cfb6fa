package httpapi_test

import (
	"encoding/json"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"parley/adapters/httpapi"
)

// lists are the places that show the last messages of many conversations.
var lists = []string{"/v1/conversations", "/v1/me/conversations", "/v1/records/order/1001/activities"}

func TestLists_show_the_last_message_as_plain_text_and_render_nothing(t *testing.T) {
	t.Parallel()
	node, rendered := openNode(t, 977), &atomic.Int64{}
	server := wholeOver(t, node, node, func(c *httpapi.Config) {
		markup := c.Markup
		c.Markup = func(body string) string {
			rendered.Add(1)
			return markup(body)
		}
	})
	c := begun(t, server)
	at := "/v1/conversations/" + c.ID.String()
	said := send(t, server, user, "POST", at+"/messages", `{"body":"*so*"}`)
	before := rendered.Load()
	for _, list := range append(slices.Clone(lists), "/v1/me/unread") {
		send(t, server, buyer, "GET", list, "", fresh(said)...)
	}
	if rendered.Load() != before {
		t.Errorf("lists and the indicator rendered %d messages", rendered.Load()-before)
	}
	for _, list := range lists {
		if got := lastMessage(t, send(t, server, user, "GET", list, "", fresh(said)...)); got["text"] != "plain *so*" || got["html"] != nil || got["body"] != "*so*" {
			t.Errorf("%s shows %v", list, slices.Sorted(maps.Keys(got)))
		}
	}
	one := struct {
		LastMessage map[string]any `json:"last_message"`
	}{}
	if err := json.Unmarshal(send(t, server, user, "GET", at, "").body, &one); err != nil || one.LastMessage["html"] != "<p>*so*</p>" || one.LastMessage["text"] != nil {
		t.Errorf("one conversation shows %v, %v", one.LastMessage, err)
	}
}

func TestLists_say_nothing_of_a_redacted_message(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	gone := send(t, server, admin, "DELETE", "/v1/conversations/"+c.ID.String()+"/messages/1", "")
	for _, list := range lists {
		if got := lastMessage(t, send(t, server, user, "GET", list, "", fresh(gone)...)); got["text"] != "" || got["redacted"] != true {
			t.Errorf("%s shows %v", list, got)
		}
	}
}

// lastMessage returns the last message of the first conversation of a list.
func lastMessage(t *testing.T, a answered) map[string]any {
	t.Helper()
	var page struct {
		Items []struct {
			LastMessage map[string]any `json:"last_message"`
		}
	}
	if err := json.Unmarshal(a.body, &page); err != nil || len(page.Items) == 0 {
		t.Fatalf("%s: %v", a.body, err)
	}
	return page.Items[0].LastMessage
}
