package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"parley/domain"
)

// notFound answers for paths that are not routes: behind identity where routes
// need one, so that a stranger learns nothing.
func (a *api) notFound(w http.ResponseWriter, r *http.Request) {
	if err := a.known(r); err != nil {
		a.refuse(w, r, err)
		return
	}
	a.refuse(w, r, errNotFound)
}

// methodNotAllowed answers for routes that do not know the method, and says
// which they know.
func (a *api) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	if err := a.known(r); err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header().Set("Allow", strings.Join(a.allowed(r), ", "))
	a.refuse(w, r, domain.NewError(codeNoMethod, "This place knows other methods; the Allow header names them."))
}

func (a *api) known(r *http.Request) error {
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		return nil
	}
	if err := (&call{r: r}).signIn(a.config.Authenticator); err != nil {
		return a.unknown(r, err)
	}
	return nil
}

func (a *api) allowed(r *http.Request) []string {
	path := r.URL.Path
	if r.URL.RawPath != "" {
		path = r.URL.RawPath
	}
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if a.router.Match(chi.NewRouteContext(), m, path) {
			methods = append(methods, m)
		}
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	return methods
}
