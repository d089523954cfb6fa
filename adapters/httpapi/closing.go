package httpapi

import (
	"context"
	"net/url"
	"time"

	"parley/domain"
	"parley/domain/access"
)

// untilClosing returns a context that also ends when the server begins to close,
// for what waits or streams.
func (a *api) untilClosing(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-a.config.Closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// signedInLook is how often what waits or streams asks whether its caller is still
// signed in.
const signedInLook = 3 * time.Second

// whileSignedIn returns a context, for what waits or streams, that ends when the
// server begins to close, and within some seconds when the caller's token or
// session ends, or what they may do is no longer enough. While that cannot be
// found out it goes on. See [endedSession].
func (a *api) whileSignedIn(c *call, enough func(access.Actor) bool) (context.Context, context.CancelFunc) {
	closing, stop := a.untilClosing(c.r.Context())
	ctx, end := context.WithCancelCause(closing)
	r := c.r.WithContext(ctx)
	go func() {
		look := time.NewTicker(signedInLook)
		defer look.Stop()
		for {
			select {
			case <-look.C:
				actor, err := a.config.Authenticator.Again(r)
				if domain.CodeOf(err) == domain.CodeUnauthenticated || err == nil && !enough(actor) {
					end(err)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { end(nil); stop() }
}

// endedSession returns the refusal of a caller whose token or session has ended
// the context, else nil.
func endedSession(ctx context.Context) error {
	if err := context.Cause(ctx); domain.CodeOf(err) == domain.CodeUnauthenticated {
		return err
	}
	return nil
}

// errClosing refuses what the end of the server cut.
var errClosing = domain.Unavailable("The server is closing, and this has not arrived; send it again in a moment.", time.Second, nil)

// bodyGrace is how long bodies that are not whole may still come when the server
// begins to close.
const bodyGrace = 2 * time.Second

// whenClosed does something once the channel is closed, unless it is stopped
// before; behind stop nothing goes on.
func whenClosed(closed <-chan struct{}, do func()) (stop func()) {
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-closed:
			do()
		case <-stopped:
		}
	}()
	return func() { close(stopped); <-ended }
}

// closing reports whether the server has begun to close.
func (a *api) closing() bool {
	select {
	case <-a.config.Closing:
		return true
	default:
		return false
	}
}

func parameterError(name, detail string) domain.FieldError {
	return domain.FieldError{Parameter: name, Detail: detail}
}

func escapeURN(part string) string { return url.PathEscape(part) }
