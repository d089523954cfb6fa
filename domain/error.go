package domain

import (
	"errors"
	"time"
)

// Code classifies an error for whoever must react to it; adapters map it to
// their own protocol in one table.
type Code string

// The codes. CodeInternal is what any error that is not an [Error] counts as:
// it is logged and never shown.
const (
	CodeMalformed          Code = "malformed"              // cannot be read as what it should be
	CodeUnauthenticated    Code = "unauthenticated"        // no or no longer valid identity
	CodeNotFound           Code = "not_found"              // absent, or invisible to the caller
	CodeForbidden          Code = "forbidden"              // visible, but not allowed
	CodeInvalid            Code = "invalid"                // readable, but breaks a rule of input
	CodePreconditionFailed Code = "precondition_failed"    // If-Match named another revision
	CodeConflict           Code = "conflict"               // lost a race
	CodeConversationClosed Code = "conversation_closed"    // needs an active conversation
	CodeConversationActive Code = "conversation_active"    // needs a closed conversation
	CodeWorkflowOff        Code = "workflow_off"           // needs a workflow that is switched on
	CodeLogChanged         Code = "log_changed"            // names a place in another event log
	CodeUnavailable        Code = "unavailable"            // a dependency is down; try again
	CodeTooLarge           Code = "payload_too_large"      // more than is taken
	CodeUnsupportedType    Code = "unsupported_media_type" // of a type that is not taken
	CodeInfected           Code = "infected"               // the virus scanner found something in it
	CodeInternal           Code = "internal"               // a fault of ours
)

// FieldError says what is wrong with one part of the input. Exactly one of
// Pointer (RFC 6901, into the body) and Parameter (query, path or header name)
// is set. Detail never echoes the submitted value.
type FieldError struct {
	Pointer   string
	Parameter string
	Detail    string
}

// Error is an error with a code and a message that may be shown to a user and
// says what to do next. Fields holds every field error of invalid input.
// RetryAfter, when set, is how long to wait before trying again.
type Error struct {
	Code       Code
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration
	Err        error
}

// Error implements error: the message, then the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// NewError returns an [Error] with a code and a message for the user.
func NewError(code Code, message string) *Error {
	return &Error{Code: code, Message: message}
}

// Invalid returns a [CodeInvalid] error that carries all field errors, or nil
// when there are none.
func Invalid(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: "Some fields are not valid; correct them and send the request again.", Fields: fields}
}

// Unavailable returns a [CodeUnavailable] error that wraps the cause and asks
// to try again after the given time.
func Unavailable(message string, retryAfter time.Duration, cause error) error {
	return &Error{Code: CodeUnavailable, Message: message, RetryAfter: retryAfter, Err: cause}
}

// CodeOf returns the code of the first [Error] in err's chain,
// [CodeInternal] for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
