package httpapi

import (
	"math"
	"net/http"
	"strconv"

	"parley/domain"
)

// Problem is an RFC 9457 problem. Code is stable and for programs; title and
// detail are for people. Submitted values are never in it.
type Problem struct {
	Type   string         `json:"type" format:"uri" doc:"Identifies the kind of problem."`
	Title  string         `json:"title" doc:"The kind of problem, for people."`
	Status int            `json:"status" doc:"The HTTP status."`
	Detail string         `json:"detail" doc:"What is wrong here, and what to do about it."`
	Code   string         `json:"code" doc:"The kind of problem, for programs."`
	Errors []ProblemField `json:"errors,omitempty" doc:"Everything that is wrong with the input."`
}

// ProblemField says what is wrong with one part of the input. It has a pointer
// into the body or the name of a parameter.
type ProblemField struct {
	Pointer   *string `json:"pointer,omitempty" doc:"RFC 6901 pointer into the body."`
	Parameter *string `json:"parameter,omitempty" doc:"Name of a query parameter, path parameter or header."`
	Detail    string  `json:"detail" doc:"What is wrong there."`
}

// NewProblem returns what an outsider learns of an error: the same for the HTTP
// answer, a line of an import and a part of a mass command.
func NewProblem(err error) Problem {
	e := refusal(err)
	o := outcomes[e.Code]
	return Problem{
		Type: "urn:parley:problem:" + string(e.Code), Title: o.title, Status: o.status,
		Detail: e.Message, Code: string(e.Code), Errors: problemFields(e.Fields),
	}
}

// problemFields keeps the first thing that is wrong with each part: a field that
// could not be read is not also missing.
func problemFields(fields []domain.FieldError) []ProblemField {
	out := make([]ProblemField, 0, len(fields))
	said := map[domain.FieldError]bool{}
	for _, f := range fields {
		place := domain.FieldError{Pointer: f.Pointer, Parameter: f.Parameter}
		if said[place] {
			continue
		}
		said[place] = true
		p := ProblemField{Detail: f.Detail}
		if f.Parameter != "" {
			p.Parameter = &f.Parameter
		} else {
			p.Pointer = &f.Pointer
		}
		out = append(out, p)
	}
	return out
}

// refuse answers with a problem, and notes a fault of ours for the log.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := NewProblem(err)
	if p.Status >= http.StatusInternalServerError {
		note(r.Context()).err = err
	}
	h := w.Header()
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="parley"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		wait := max(1, int(math.Ceil(refusal(err).RetryAfter.Seconds())))
		h.Set("Retry-After", strconv.Itoa(wait))
	case http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close")
	}
	writeJSON(w, p.Status, "application/problem+json", extended(p, err))
}
