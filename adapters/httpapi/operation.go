package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"parley/commands"
	"parley/domain"
)

// operation is one line of the contract: what is published of it, and what does
// it. The published schemas are made of the very types that requests are read
// into.
type operation struct {
	method, path string
	id, summary  string
	needs        right
	tag          string
	success      int
	parameters   reflect.Type // struct of query parameters; nil: none
	body         reflect.Type // struct; nil: takes none
	bodyOptional bool
	bodyType     string       // media type of a body that is no JSON object
	answers      reflect.Type // nil: nothing
	contentType  string       // media type of the answer; empty: JSON
	command      bool         // takes a key and answers with a position
	conditional  bool         // takes If-Match
	etagged      bool         // answers with a conversation's entity tag
	located      bool         // answers with the place of what it created
	resumes      bool         // takes Last-Event-ID
	placed       bool         // answers with the log and its head, and refuses positions of another
	ranged       bool         // answers with parts, or that nothing has changed
	refuses      []int        // of a public operation, the statuses of its refusals
	do           func(*call) (answer, error)
}

// none is the body of commands that take none.
type none struct{}

// optional is implemented by the bodies that may be left out.
type optional interface{ mayBeLeftOut() }

func (none) mayBeLeftOut() {}

// command returns the operation, which needs a right, with a body that is read
// into B. What is wrong with its shape goes into the command's request, because
// the contract refuses with it only after what the caller may not see or do.
func command[B any](op operation, needs right, do func(c *call, body B, req commands.Request) (answer, error)) operation {
	var zero B
	_, op.bodyOptional = any(zero).(optional)
	op.needs, op.command = needs, true
	if _, empty := any(zero).(none); !empty {
		op.body = reflect.TypeFor[B]()
	}
	op.do = func(c *call) (answer, error) {
		var body B
		if err := c.readBody(&body, op.bodyOptional); err != nil {
			return answer{}, err
		}
		if err := c.readParameters(&struct{}{}); err != nil {
			return answer{}, err
		}
		req, err := c.request()
		if err != nil {
			return answer{}, err
		}
		return do(c, body, req)
	}
	return op
}

// act returns the operation, which needs a right, that changes something and
// takes nothing but its path.
func act(op operation, needs right, do func(c *call) (answer, error)) operation {
	acted := command(op, needs, func(c *call, _ none, req commands.Request) (answer, error) {
		ans, err := do(c)
		if err == nil && len(req.Shape) > 0 {
			return answer{}, c.invalid(nil)
		}
		return ans, err
	})
	acted.command = false
	return acted
}

// queryLimit bounds every question but those that wait for what is to come: a
// database that swallows questions is one that does not answer.
const queryLimit = 10 * time.Second

// query returns the operation, which needs a right, with query parameters that
// are read into P. When they are wrong it is asked with what remains of them all
// the same: what the caller may not see or do is refused first.
func query[P any](op operation, needs right, do func(c *call, parameters P) (answer, error)) operation {
	op.needs, op.parameters = needs, reflect.TypeFor[P]()
	op.do = func(c *call) (answer, error) {
		var p P
		if err := c.readParameters(&p); err != nil {
			return answer{}, err
		}
		if !op.resumes {
			limited, cancel := context.WithTimeout(c.r.Context(), queryLimit)
			defer cancel()
			c.r = c.r.WithContext(limited)
		}
		ans, err := do(c, p)
		if len(c.shape) > 0 && (err == nil || domain.CodeOf(err) == domain.CodeInvalid) {
			return answer{}, c.invalid(err)
		}
		return ans, err
	}
	return op
}

// answering says what the operation answers with.
func answering[A any](op operation) operation {
	op.answers = reflect.TypeFor[A]()
	return op
}

// serve is the one way that requests go: identity, then what cannot be read,
// then the use case, which refuses in the contract's order.
func (a *api) serve(op operation) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, freshness: a.config.Freshness, closing: a.config.Closing}
		if op.needs != noIdentity {
			if err := c.signIn(a.config.Authenticator); err != nil {
				a.refuse(w, r, a.unknown(r, err))
				return
			}
		}
		if err := c.readHeaders(op); err != nil {
			a.refuse(w, r, err)
			return
		}
		ans, err := a.do(op, c)
		switch {
		case err != nil:
			a.refuse(w, r, err)
		case !c.answered:
			a.answer(w, ans)
		}
	}
}

// do runs the operation for a caller who is known.
func (a *api) do(op operation, c *call) (answer, error) {
	if err := c.renew(a.config.Authenticator); err != nil {
		return answer{}, err
	}
	if err := op.switchedOff(c); err != nil {
		return answer{}, err
	}
	if err := a.hold(op, c); err != nil {
		return answer{}, err
	}
	return op.do(c)
}
