package httpapi

import (
	"net/http"

	"parley/domain"
)

// SignIn signs browsers in and out at an identity provider. Its methods may set
// cookies on the answer, and write nothing else.
type SignIn interface {
	// Begin returns where to send a browser that wants to sign in, and go to the
	// path returnTo after that.
	Begin(w http.ResponseWriter, r *http.Request, returnTo string) (location string, err error)
	// Begun reports whether a browser that comes back from there has begun to sign
	// in here.
	Begun(r *http.Request) bool
	// Finish begins the session of a browser that comes back from there, and
	// returns where it wanted to go.
	Finish(w http.ResponseWriter, r *http.Request) (location string, err error)
	// End ends the browser's session, if it has one.
	End(w http.ResponseWriter, r *http.Request) error
}

// afterSignIn is where browsers go that wanted to go nowhere.
const afterSignIn = "/v1/me"

const beginSignInID = "begin-sign-in"

type signInParameters struct {
	ReturnTo string `query:"return_to" default:"/v1/me" doc:"A path of this server, where the browser goes once it is signed in."`
}

func (a *api) beginSignIn() operation {
	op := operation{
		method: "GET", path: "/v1/auth/login", id: beginSignInID, tag: tagAuth, success: http.StatusSeeOther,
		refuses: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable},
		summary: "Send a browser to the identity provider to sign in; 404 where there is none",
	}
	return query(op, noIdentity, func(c *call, p signInParameters) (answer, error) {
		if a.config.SignIn == nil {
			return answer{}, errNotFound
		}
		if p.ReturnTo == "" {
			p.ReturnTo = afterSignIn
		}
		if len(c.shape) > 0 {
			return answer{}, c.invalid(nil)
		}
		location, err := a.config.SignIn.Begin(c.w, c.r, p.ReturnTo)
		return answer{status: http.StatusSeeOther, location: location}, err
	})
}

// finishSignIn takes whatever parameters the provider gives the browser.
func (a *api) finishSignIn() operation {
	op := operation{
		method: "GET", path: "/v1/auth/callback", id: "finish-sign-in", tag: tagAuth, needs: noIdentity, success: http.StatusSeeOther,
		refuses: []int{
			http.StatusUnauthorized, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusTooManyRequests,
			http.StatusInternalServerError, http.StatusServiceUnavailable,
		},
		summary: "Begin the session of a browser that comes back from the identity provider",
	}
	op.do = func(c *call) (answer, error) {
		switch {
		case a.config.SignIn == nil:
			return answer{}, errNotFound
		case c.r.Method != http.MethodGet: // a HEAD would use up the code
			c.w.Header().Set("Allow", http.MethodGet)
			return answer{}, domain.NewError(codeNoMethod, "This place is only for browsers that come back from the identity provider.")
		}
		location, err := a.config.SignIn.Finish(c.w, c.r)
		return answer{status: http.StatusSeeOther, location: location}, err
	}
	return op
}

func (a *api) signOut() operation {
	op := operation{
		method: "POST", path: "/v1/auth/logout", id: "sign-out", tag: tagAuth, success: http.StatusNoContent,
		summary: "End the browser's session; tokens end by themselves",
	}
	return act(op, onlyIdentity, func(c *call) (answer, error) {
		if a.config.SignIn == nil {
			return answer{status: http.StatusNoContent}, nil
		}
		return answer{status: http.StatusNoContent}, a.config.SignIn.End(c.w, c.r)
	})
}
