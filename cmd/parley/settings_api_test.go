package main_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSettings_are_read_and_changed_by_administrators is how /v1/settings
// answers; what each setting does is told by the tests of its own row.
func TestSettings_are_read_and_changed_by_administrators(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin := p.as(anAdmin)
		was := admin.get("/v1/settings").want(http.StatusOK)
		if was.field("enabled") != true || was.field("workflow.auto_close_after") != nil || was.field("limits.message_bytes") != 32768.0 || was.field("roles.manager.edit") != "business_unit_and_below" {
			t.Errorf("the defaults are %s", was.body)
		}
		tag := was.header.Get("ETag")
		p.ask(t, []probe{
			{"a user reads", anOwner, "GET", "/v1/settings", nil, nil, "403"},
			{"a customer user reads", aBuyer, "GET", "/v1/settings", nil, nil, "403"},
			{"a manager changes", aManager, "PATCH", "/v1/settings", obj{"enabled": false}, nil, "403"},
			{"what is unknown, or not built yet", anAdmin, "PATCH", "/v1/settings", obj{"smtp": obj{}, "workflow": obj{"colour": 1}, "limits": obj{"burst": 0, "message_bytes": "x"}}, nil, "422 /limits/burst /limits/message_bytes /smtp /workflow/colour"},
			{"roles that cannot be", anAdmin, "PATCH", "/v1/settings", obj{"roles": obj{"a/b": obj{"view": "far"}, "buyer": obj{"internal": true, "x": 1}, "user": 5}}, nil, "422 /roles/a~1b/kind /roles/buyer/internal /roles/buyer/x /roles/user"},
			{"a role with a name that is no id", anAdmin, "PATCH", "/v1/settings", `{"roles":{"a\nb":{}, "\ud800":{}}}`, nil, "422 /roles"},
			{"the own right to administer", anAdmin, "PATCH", "/v1/settings", obj{"roles": obj{"administrator": obj{"administer": false}}}, nil, "422 /roles"},
			{"another state", anAdmin, "PATCH", "/v1/settings", obj{"limits": obj{"burst": 5}}, []string{"If-Match", `"9"`}, "412"},
			{"nothing", anAdmin, "PATCH", "/v1/settings", obj{}, nil, "200"},
			{"what is so already", anAdmin, "PATCH", "/v1/settings", string(was.body), []string{"If-Match", tag}, "200"},
		})
		if now := admin.get("/v1/settings"); now.header.Get("ETag") != tag {
			t.Errorf("refused and equal changes moved the entity tag from %s to %s", tag, now.header.Get("ETag"))
		}
		set := admin.send(http.MethodPatch, "/v1/settings", obj{
			"workflow": obj{"auto_close_after": 3600, "customers_may_close": true}, "limits": obj{"message_bytes": 10},
			"roles": obj{"lead": obj{"kind": "user", "view": "own"}, "manager": obj{"assign": "own"}},
		}, "If-Match", tag, "Idempotency-Key", "k").want(http.StatusOK)
		p.settled()
		p.kill()
		p.start()
		now := admin.get("/v1/settings", "Parley-Min-Position", set.position()).want(http.StatusOK)
		if diff := cmp.Diff(set.object(), now.object()); diff != "" || now.field("workflow.auto_close_after") != 3600.0 || now.header.Get("ETag") != set.header.Get("ETag") {
			t.Errorf("after a restart the settings are %s (-answered +read):\n%s", now.body, diff)
		}
		back := admin.send(http.MethodPatch, "/v1/settings", obj{"workflow": obj{"auto_close_after": nil}, "roles": obj{"lead": nil, "manager": nil}}).want(http.StatusOK)
		if back.field("workflow.auto_close_after") != nil || back.field("workflow.customers_may_close") != true || back.field("roles.lead") != nil || back.field("roles.manager.assign") != "none" {
			t.Errorf("given back are %s", back.body)
		}
		again := admin.send(http.MethodPatch, "/v1/settings", obj{
			"workflow": obj{"auto_close_after": 3600, "customers_may_close": true}, "limits": obj{"message_bytes": 10},
			"roles": obj{"lead": obj{"kind": "user", "view": "own"}, "manager": obj{"assign": "own"}},
		}, "If-Match", tag, "Idempotency-Key", "k").want(http.StatusOK)
		if again.position() != set.position() {
			t.Errorf("the repetition is at %s, want %s", again.position(), set.position())
		}
		at := p.begin("short")
		p.ask(t, []probe{
			{"a message over the new limit", anOwner, "POST", at + "/messages", saying("12345678901"), nil, "422 /body"},
			{"a message of the new limit", anOwner, "POST", at + "/messages", saying("1234567890"), nil, "201"},
		})
	})
}
