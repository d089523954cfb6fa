package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

func TestMount_refuses_an_operation_that_does_not_say_which_right_it_needs(t *testing.T) {
	t.Parallel()
	for _, needs := range []right{"", "everything"} {
		op := operation{method: "GET", path: "/v1/new", id: "new", tag: tagMe, success: 200, needs: needs}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("an operation that needs %q is mounted", needs)
				}
			}()
			(&api{router: chi.NewRouter()}).mount([]operation{op})
		}()
	}
}

// What is served is what is declared, and nothing beside it.
func TestRoutes_are_all_declared(t *testing.T) {
	t.Parallel()
	a := New(Config{}).(*chi.Mux)
	declared := map[string]bool{}
	all := (&api{}).operations()
	for _, op := range append(all, newDocument("").pages()...) {
		declared[op.method+" "+op.path] = true
		if op.method == http.MethodGet {
			declared["HEAD "+op.path] = true
		}
		public := !strings.HasPrefix(op.path, "/v1/") || strings.HasPrefix(op.path, "/v1/auth/")
		if op.needs == noIdentity && !public {
			t.Errorf("%s needs no identity", op.id)
		}
	}
	err := chi.Walk(a, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !declared[method+" "+route] {
			t.Errorf("%s %s is served and not declared", method, route)
		}
		delete(declared, method+" "+route)
		return nil
	})
	if err != nil || len(declared) > 0 {
		t.Errorf("declared and not served: %v (%v)", declared, err)
	}
}
