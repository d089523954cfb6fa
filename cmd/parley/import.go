package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// importCommand brings in a file through a running server, or through one that
// it starts for itself when nobody holds the data folder.
type importCommand struct {
	target
	File string `arg:"" optional:"" default:"-" help:"NDJSON file, gzip or not; - is the standard input."`
}

// importAnswer is one line of the answer: of a line of the file, or the summary
// at the end.
type importAnswer struct {
	Line    int    `json:"line"`
	Status  string `json:"status"`
	Problem *struct {
		Detail string `json:"detail"`
		Errors []struct {
			Pointer string `json:"pointer"`
			Detail  string `json:"detail"`
		} `json:"errors"`
	} `json:"problem"`
	Summary  map[string]int `json:"summary"`
	Position json.Number    `json:"position"`
	Code     string         `json:"code"`
	Detail   string         `json:"detail"`
}

// errLinesFailed says that some lines could not be taken; each was reported.
var errLinesFailed = errors.New("some lines were not imported; mend them and run it again: what is there already stays as it is")

// Run implements the command.
func (c importCommand) Run(ctx context.Context, std stdio) error {
	file, size, err := openInput(c.File, std.in)
	if err != nil {
		return err
	}
	defer file.Close()
	return c.with(ctx, std, func(s server) error {
		bar := newProgress(std.err, "importing")
		run := importRun{std: std, bar: bar, started: time.Now()}
		last, err := run.send(ctx, s, &counter{r: file, tick: func(n int64) { bar.at(n, size) }})
		bar.end()
		if err != nil {
			return err
		}
		return run.finish(ctx, s, last)
	})
}

// openInput opens the file; its size is 0 where it cannot be known.
func openInput(name string, stdin io.Reader) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(stdin), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, usagef("the file cannot be read: %v", err)
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return nil, 0, usagef("%s is not a file", name)
	}
	return file, info.Size(), nil
}

// importRun is one import under way.
type importRun struct {
	std     stdio
	bar     *progress
	started time.Time
	failed  int
}

// send streams the file to the server and reports each line that failed. It
// returns the summary.
func (r *importRun) send(ctx context.Context, s server, file io.Reader) (importAnswer, error) {
	body := bufio.NewReader(file)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/import", io.NopCloser(body))
	if err != nil {
		return importAnswer{}, usagef("--server: %v", err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	if head, _ := body.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := s.do(req)
	if err != nil {
		return importAnswer{}, fmt.Errorf("send to the server: %w", err)
	}
	defer resp.Body.Close()
	return r.read(resp)
}

func (r *importRun) read(resp *http.Response) (last importAnswer, err error) {
	answers := json.NewDecoder(resp.Body)
	for {
		var a importAnswer
		if err := answers.Decode(&a); err != nil {
			return a, fmt.Errorf("the server broke off before the end, at line %d; run it again: %w", last.Line, err)
		}
		switch {
		case resp.StatusCode != http.StatusOK:
			return a, fmt.Errorf("the server refused: %s", a.Detail)
		case a.Summary != nil:
			return a, nil
		case a.Status == "failed":
			r.report(a)
		}
		last = a
	}
}

// report says which line failed and why.
func (r *importRun) report(a importAnswer) {
	r.failed++
	r.bar.end()
	reason := "not imported"
	if a.Problem != nil {
		reason = a.Problem.Detail
		for _, e := range a.Problem.Errors {
			reason += fmt.Sprintf(" [%s %s]", e.Pointer, e.Detail)
		}
	}
	fmt.Fprintf(r.std.err, "line %d: %s\n", a.Line, reason)
}

// finish waits until every read model has come to the last event, and says how
// it went.
func (r *importRun) finish(ctx context.Context, s server, last importAnswer) error {
	if err := s.waitFor(ctx, last.Position.String()); err != nil {
		return err
	}
	took, sum := time.Since(r.started), last.Summary
	lines := sum["created"] + sum["updated"] + sum["unchanged"] + sum["failed"]
	fmt.Fprintf(r.std.out, "%d lines: %d created, %d updated, %d unchanged, %d failed; %s, %.0f lines/s\n",
		lines, sum["created"], sum["updated"], sum["unchanged"], sum["failed"],
		took.Round(time.Millisecond), float64(lines)/took.Seconds())
	fmt.Fprintf(r.std.out, "position %s\n", last.Position)
	if r.failed > 0 {
		return errLinesFailed
	}
	return nil
}

// waitFor waits, as long as it takes, until every read model has passed a
// position.
func (s server) waitFor(ctx context.Context, position string) error {
	want, err := strconv.ParseUint(position, 10, 64)
	if err != nil {
		return fmt.Errorf("the server answered a position that is no number")
	}
	for {
		all, err := s.readModels(ctx)
		if err != nil {
			return err
		}
		if all.passed(want) {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// counter tells how much was read.
type counter struct {
	r    io.Reader
	n    int64
	tick func(int64)
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.tick(c.n)
	return n, err
}
