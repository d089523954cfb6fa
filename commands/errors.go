package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// retryAfter is what a caller is told to wait after a 503.
const retryAfter = time.Second

var (
	errKeyReused = domain.Invalid(domain.FieldError{
		Parameter: "Idempotency-Key",
		Detail:    "was used for another request; send this one with a key of its own",
	})
	errKeyUnknown  = errors.New("older idempotency keys cannot be looked up")
	errContended   = errors.New("other instances keep changing the stream")
	errDisagreeing = errors.New("event store disagrees with itself")
	errCut         = errors.New("stream is no longer whole")
)

// fault gives an error of the log, or of waiting, the code that it has for the
// caller.
func fault(action string, err error) error {
	refused, is := errors.AsType[*eventlog.RefusedError](err)
	switch {
	case is:
		return domain.Unavailable("This cannot be done: "+refused.Refusal.Advice()+".", retryAfter, fmt.Errorf("%s: %w", action, err))
	case errors.Is(err, eventlog.ErrTooLarge):
		return &domain.Error{
			Code: domain.CodeInvalid, Err: err,
			Message: "This is too large to be stored at once; split it.",
		}
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrClosed), errors.Is(err, eventlog.ErrLogChanged),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return unavailable(fmt.Errorf("%s: %w", action, err))
	default:
		return fmt.Errorf("%s: %w", action, err)
	}
}

// fault is the package's, for a stream of the repository: one that is deleted for
// ever is as if it had never been.
func (r *Repository[S, E]) fault(action string, err error) error {
	if errors.Is(err, eventlog.ErrStreamDeleted) {
		return r.absent(fmt.Errorf("%s: %w", action, err))
	}
	return fault(action, err)
}

// absent is the refusal of what is not there any more.
func (r *Repository[S, E]) absent(cause error) error {
	refusal := notFound(strings.ReplaceAll(r.agg.Name, "-", " "))
	refusal.Err = cause
	return refusal
}

func unavailable(cause error) error {
	return domain.Unavailable("This cannot be done just now; try again in a moment.", retryAfter, cause)
}
