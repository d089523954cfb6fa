package main_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRow_1_9_a_record_shows_the_conversation_while_it_is_a_context(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "contexts", "customer_user": "buyer", "message": saying("x")})
		id := strings.TrimPrefix(at, "/v1/conversations/")
		for _, record := range []string{"quote/3002", "user/user2", "customer_user/customer-admin"} {
			context, activities := at+"/contexts/"+record, "/v1/records/"+record+"/activities"
			before := p.as(anOwner).get(at).object()
			attached := p.twice(t, http.MethodPut, context)
			name, position := attached.since()
			for _, who := range []string{anOwner, anAdmin} {
				p.as(who).get(activities, name, position).shows(record, "items", "id", id)
			}
			after := p.as(anOwner).get(at, name, position)
			if got := len(after.each("contexts", "id")); got != len(before["contexts"].([]any))+1 {
				t.Errorf("with %s there are %d contexts", record, got)
			}
			detached := p.twice(t, http.MethodDelete, context)
			name, position = detached.since()
			p.as(anOwner).get(activities, name, position).shows(record+" when removed", "items", "id")
			differsOnlyIn(t, before, p.as(anOwner).get(at, name, position).object(), "revision", "updated_at")
		}
	})
}

// twice sends a command twice; the second time must change nothing.
func (p *program) twice(t *testing.T, method, path string) reply {
	t.Helper()
	first := p.as(anOwner).send(method, path, nil).want(http.StatusNoContent)
	again := p.as(anOwner).send(method, path, nil).want(http.StatusNoContent)
	if first.position() != again.position() {
		t.Errorf("%s %s again moved from %s to %s", method, path, first.position(), again.position())
	}
	return first
}

func TestRow_1_9_contexts_need_edit_and_the_target_in_view(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aManager, obj{"source": aRecord("order", "1003"), "contexts": arr{aRecord("order", "1002"), aRecord("user", "user2")}})
		p.ask(t, []probe{
			{"a viewer attaches nothing", aColleague, "PUT", at + "/contexts/order/1001", nil, nil, "403"},
			{"and detaches nothing", aColleague, "DELETE", at + "/contexts/order/1002", nil, nil, "403"},
			{"a customer user in it neither", aChief, "PUT", at + "/contexts/order/1001", nil, nil, "403"},
			{"who does not see it is told of nothing", aForeigner, "DELETE", at + "/contexts/order/1002", nil, nil, "404"},
			{"what the customer user cannot view is not there, attached", aChief, "DELETE", at + "/contexts/order/1002", nil, nil, "404"},
			{"or not", aChief, "PUT", at + "/contexts/user/admin", nil, nil, "404"},
			{"an unknown record", aManager, "PUT", at + "/contexts/order/none", nil, nil, "404"},
			{"an unknown type", aManager, "PUT", at + "/contexts/nothing/1001", nil, nil, "404"},
		})
		seen := p.as(aChief).get(at).want(http.StatusOK)
		seen.shows("contexts in the customer user's view", "contexts", "id", "customer-admin", "1003")
		p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "renamed", "owner": "user"}).want(http.StatusOK).
			shows("an edit keeps them all", "contexts", "id", "manager", "customer-admin", "1003", "1002", "user2", "user")
	})
}

// differsOnlyIn fails the test if what was read differs elsewhere than in these
// fields.
func differsOnlyIn(t *testing.T, before, after map[string]any, fields ...string) {
	t.Helper()
	for _, field := range fields {
		delete(before, field)
		delete(after, field)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("something else has changed (-before +after):\n%s", diff)
	}
}
