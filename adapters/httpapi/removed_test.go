package httpapi_test

import (
	"strings"
	"testing"

	"parley/adapters/eventnode"
	"parley/adapters/httpapi"
	"parley/domain/conversation"
)

// The record of a conversation that the operator of the event store deleted tells that
// much, to those who see all conversations, and nobody is told which one it was.
func TestRecord_tells_that_a_conversation_was_removed(t *testing.T) {
	t.Parallel()
	node := openNode(t, 977)
	server := wholeOver(t, node, node, func(*httpapi.Config) {})
	c := begun(t, server)
	if _, err := node.Tombstone(t.Context(), conversation.Stream(c.ID), eventnode.Any); err != nil {
		t.Fatal(err)
	}
	last := send(t, server, user, "POST", "/v1/conversations", `{"customer_user":"buyer","name":"Later"}`)
	for as, want := range map[string]int{admin: 1, user: 1, buyer: 0} {
		var got httpapi.RecordActivities
		a := send(t, server, as, "GET", "/v1/records/order/1001/activities", "", fresh(last)...)
		a.decode(t, &got)
		if len(got.Removed) != want || len(got.Items) != 0 || strings.Contains(string(a.body), c.ID.String()) {
			t.Errorf("%s is told %s", as, a.body)
		}
		for _, r := range got.Removed {
			if r.By.Kind != "system" || r.At.IsZero() || r.Reason != "removed by the event store's operator" {
				t.Errorf("%s is told %+v", as, r)
			}
		}
	}
}
