package httpapi

import (
	"context"
	"net/url"

	"parley/domain"
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
