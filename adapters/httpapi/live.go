package httpapi

import (
	"net/http"

	"parley/domain/access"
)

// Live streams hints for one person's screens.
type Live interface {
	// Serve writes server-sent events until the client leaves, the request's
	// context ends or what the actor may do changes. It returns an error only while
	// it has written nothing.
	Serve(w http.ResponseWriter, r *http.Request, actor access.Actor) error
}

func (a *api) getLive() operation {
	op := operation{
		method: "GET", path: "/v1/live", id: "get-live", tag: tagMe, success: 200, contentType: "text/event-stream", resumes: true,
		summary: "Stream hints of what has changed on the caller's screens",
	}
	return query(op, onlyIdentity, func(c *call, _ struct{}) (answer, error) {
		if _, _, err := position(c.r, "Last-Event-ID"); err != nil || len(c.shape) > 0 {
			return answer{}, err
		}
		if c.r.Method == http.MethodHead {
			return answer{}, c.headOfStream()
		}
		ctx, stop := a.whileSignedIn(c, func(access.Actor) bool { return true }) // the stream sees to the rest itself
		defer stop()
		err := a.stream(c, func() error { return a.config.Live.Serve(c.w, c.r.WithContext(ctx), c.actor) })
		c.answered = err == nil
		return answer{}, err
	})
}
