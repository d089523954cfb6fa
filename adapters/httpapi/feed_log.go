package httpapi

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"parley/domain/eventlog"
	"parley/queries"
)

// LogProblem is the problem of a position that is none of the log.
type LogProblem struct {
	Problem
	Log    *uuid.UUID         `json:"log" format:"uuid" doc:"Which log answers, by the id of its first event; null while it has none."`
	Head   eventlog.Position  `json:"head" doc:"How far that log has come: what is new comes behind it."`
	Shared *eventlog.Position `json:"shared" doc:"The last position known to be the same in the log that was asked for; null if none is."`
}

// extended adds to a problem what programs need to go on after it.
func extended(p Problem, err error) any {
	changed, is := errors.AsType[*queries.LogChangedError](err)
	if !is {
		return p
	}
	extended := LogProblem{Problem: p, Head: changed.Head}
	if changed.Log != uuid.Nil {
		extended.Log = &changed.Log
	}
	return extended
}

// tellLog says in the headers which log answers, and how far it has come. One
// without events has no name.
func tellLog(h http.Header, log uuid.UUID, head eventlog.Position) {
	if log != uuid.Nil {
		h.Set("Parley-Log", log.String())
	}
	h.Set("Parley-Head", strconv.FormatUint(uint64(head), 10))
}
