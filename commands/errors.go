package commands

import (
	"context"
	"errors"
	"fmt"
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
)

// fault gives an error of the log, or of waiting, the code that it has for the
// caller.
func fault(action string, err error) error {
	switch {
	case errors.Is(err, eventlog.ErrTooLarge):
		return &domain.Error{
			Code: domain.CodeInvalid, Err: err,
			Message: "This is too large to be stored at once; split it.",
		}
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrClosed),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return unavailable(fmt.Errorf("%s: %w", action, err))
	default:
		return fmt.Errorf("%s: %w", action, err)
	}
}

func unavailable(cause error) error {
	return domain.Unavailable("This cannot be done just now; try again in a moment.", retryAfter, cause)
}
