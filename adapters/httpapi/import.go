package httpapi

import (
	"net/http"
	"strconv"

	"parley/adapters/httpapi/ndjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/eventlog"
)

const typeNDJSON = "application/x-ndjson"

// ImportResult is one line of an import's answer: what became of a line of the
// file, or, in the last one, of all of them.
type ImportResult struct {
	Line     int                `json:"line,omitempty" doc:"Number of the line, from 1."`
	Status   string             `json:"status,omitempty" enum:"created,updated,unchanged,failed"`
	ID       string             `json:"id,omitempty" doc:"What was brought in."`
	Problem  *Problem           `json:"problem,omitempty" doc:"Why the line failed."`
	Summary  *ndjson.Summary    `json:"summary,omitempty" doc:"How many lines came to what; in the last line only."`
	Position *eventlog.Position `json:"position,omitempty" doc:"From here on all of it is visible; in the last line only."`
}

func (a *api) importLines() operation {
	op := answering[ImportResult](operation{
		method: "POST", path: "/v1/import", id: "import", tag: tagImport, needs: rightToAdminister, success: 200, bodyType: typeNDJSON, contentType: typeNDJSON,
		summary: "Bring records, people and whole conversations in, one JSON object a line, gzip or not; for administrators",
	})
	op.do = func(c *call) (answer, error) {
		if !isType(c.r, typeNDJSON) || !mayBeZipped(c.r) {
			return answer{}, domain.NewError(codeMediaType, "Send the lines as application/x-ndjson, plain or with the content encoding gzip.")
		}
		if err := c.administers(); err != nil {
			return answer{}, err
		}
		if err := c.readParameters(&struct{}{}); err != nil || len(c.shape) > 0 {
			return answer{}, firstOf(err, c.invalid(nil))
		}
		req, err := c.request()
		if err != nil {
			return answer{}, err
		}
		return answer{}, a.importFile(c, req)
	}
	return op
}

func mayBeZipped(r *http.Request) bool {
	encoding := r.Header.Get("Content-Encoding")
	return encoding == "" || encoding == "gzip" || encoding == "identity"
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// importFile answers line by line while the file still arrives. What cannot be
// said any more in the middle of an answer ends it without a summary.
func (a *api) importFile(c *call, req commands.Request) error {
	ctx, stop := a.untilClosing(c.r.Context())
	defer stop()
	_ = http.NewResponseController(c.w).EnableFullDuplex()
	body, release := newPatientReader(ctx, c.w, c.r.Body, a.config.BodyTimeout)
	defer release()
	c.answered = true
	c.w.Header().Set("Content-Type", typeNDJSON)
	c.w.Header().Set("Trailer", "Parley-Position")
	out := newLineWriter(c.w)
	defer out.close()
	file := ndjson.Import{Handle: a.config.Commands.ImportLine.Handle, Request: req}
	summary, err := file.Run(ctx, body, func(r ndjson.Result) error {
		return out.write(importResult(r))
	})
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	c.w.Header().Set("Parley-Position", strconv.FormatUint(uint64(summary.Position), 10))
	return out.write(ImportResult{Summary: &summary, Position: &summary.Position})
}

func importResult(r ndjson.Result) ImportResult {
	line := ImportResult{Line: r.Line, Status: string(r.Change), ID: r.ID}
	if r.Err != nil {
		p := NewProblem(r.Err)
		line.Status, line.Problem = "failed", &p
	}
	return line
}
