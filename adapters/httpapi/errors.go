package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Codes that only HTTP knows.
const (
	codeTooLarge                = domain.CodeTooLarge
	codeMediaType               = domain.CodeUnsupportedType
	codeNoMethod    domain.Code = "method_not_allowed"
	codeRateLimited domain.Code = "rate_limited"
	codeOtherHost   domain.Code = "other_host"
	codeDamaged     domain.Code = "attachment_damaged"
	codeNoSuchRange domain.Code = "range_not_satisfiable"
)

// outcome is how HTTP says what a code means.
type outcome struct {
	status int
	title  string
}

// outcomes is the one table from error codes to HTTP.
var outcomes = map[domain.Code]outcome{
	domain.CodeMalformed:          {http.StatusBadRequest, "Malformed request"},
	domain.CodeUnauthenticated:    {http.StatusUnauthorized, "Not signed in"},
	domain.CodeForbidden:          {http.StatusForbidden, "Not allowed"},
	domain.CodeNotFound:           {http.StatusNotFound, "Not found"},
	codeNoMethod:                  {http.StatusMethodNotAllowed, "Method not allowed"},
	domain.CodeConflict:           {http.StatusConflict, "Conflict"},
	domain.CodeConversationClosed: {http.StatusConflict, "Conversation is closed"},
	domain.CodeConversationActive: {http.StatusConflict, "Conversation is active"},
	domain.CodeWorkflowOff:        {http.StatusConflict, "Workflow is switched off"},
	domain.CodeLogChanged:         {http.StatusGone, "Another event log"},
	domain.CodePreconditionFailed: {http.StatusPreconditionFailed, "Precondition failed"},
	codeTooLarge:                  {http.StatusRequestEntityTooLarge, "Body too large"},
	codeOtherHost:                 {http.StatusMisdirectedRequest, "Not this server's name"},
	codeMediaType:                 {http.StatusUnsupportedMediaType, "Unsupported media type"},
	codeNoSuchRange:               {http.StatusRequestedRangeNotSatisfiable, "No such range"},
	domain.CodeInvalid:            {http.StatusUnprocessableEntity, "Invalid input"},
	domain.CodeInfected:           {http.StatusUnprocessableEntity, "Infected file"},
	codeDamaged:                   {http.StatusInternalServerError, "Damaged file"},
	codeRateLimited:               {http.StatusTooManyRequests, "Too many requests"},
	domain.CodeInternal:           {http.StatusInternalServerError, "Internal error"},
	domain.CodeUnavailable:        {http.StatusServiceUnavailable, "Temporarily unavailable"},
}

// internalMessage is all that an outsider learns of a fault of ours.
const internalMessage = "Something went wrong on the server; the request id in the answer's header finds it in the log."

// refusal returns the error as one that may be shown: outages of what stands
// behind us, and read models that are not there yet, are unavailable; any other
// foreign error is internal.
func refusal(err error) *domain.Error {
	if e, ok := errors.AsType[*domain.Error](err); ok && e.Code != domain.CodeInternal {
		if _, known := outcomes[e.Code]; known {
			return e
		}
	}
	for _, outage := range []error{eventlog.ErrUnavailable, eventlog.ErrClosed, eventlog.ErrLogChanged, sqldb.ErrUnavailable, sqldb.ErrNoSchema, context.DeadlineExceeded} {
		if errors.Is(err, outage) {
			return &domain.Error{
				Code: domain.CodeUnavailable, RetryAfter: time.Second, Err: err,
				Message: "Something that the server needs does not answer; try again in a moment.",
			}
		}
	}
	return &domain.Error{Code: domain.CodeInternal, Message: internalMessage, Err: err}
}

func malformed(message string) error { return domain.NewError(domain.CodeMalformed, message) }

// errNotFound is the one answer for what is not there and what may not be seen.
var errNotFound = domain.NewError(domain.CodeNotFound, "There is nothing here that you may see.")
