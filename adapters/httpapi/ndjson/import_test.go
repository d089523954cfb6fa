package ndjson_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/httpapi/ndjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/eventlog"
)

type importedMessage struct {
	From string `json:"from"`
}

// keeper keeps what is brought in, in the order in which it came.
type keeper struct {
	mu   sync.Mutex
	came []string
	now  atomic.Int32
	peak atomic.Int32
}

func (k *keeper) handle(_ context.Context, l commands.ImportLine) (commands.ImportAnswer, error) {
	k.peak.Store(max(k.peak.Load(), k.now.Add(1)))
	defer k.now.Add(-1)
	var line struct {
		Kind     string            `json:"kind"`
		Type     string            `json:"type"`
		ID       string            `json:"id"`
		Key      string            `json:"key"`
		Name     string            `json:"name"`
		Owner    string            `json:"owner"`
		Contexts []domain.Record   `json:"contexts"`
		Messages []importedMessage `json:"messages"`
	}
	if wrong := l.Read(&line); wrong != nil {
		return commands.ImportAnswer{}, domain.Invalid(wrong...)
	}
	if line.Name == "panic" {
		panic("a fault")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.came = append(k.came, line.Kind+" "+line.ID+line.Key+line.Name)
	return commands.ImportAnswer{Change: commands.Created, ID: line.ID, Position: eventlog.Position(len(k.came))}, nil
}

func importAll(t *testing.T, k *keeper, file io.Reader) (results []ndjson.Result, s ndjson.Summary) {
	t.Helper()
	s, err := ndjson.Import{Handle: k.handle}.Run(t.Context(), file, func(r ndjson.Result) error {
		results = append(results, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return results, s
}

func TestRun_reports_lines_in_their_order_and_goes_on_after_bad_ones(t *testing.T) {
	t.Parallel()
	file := "{\"kind\":\"a\",\"id\":\"1\"}\n\n not json\r\n{\"kind\":\"a\",\"x\":1}\n{\"kind\":\"a\",\"id\":\"" +
		strings.Repeat("x", ndjson.MaxLine) + "\"}\n[]\n{\"kind\":\"a\",\"name\":\"panic\"}\n{\"kind\":\"a\",\"id\":\"9\"}"
	results, s := importAll(t, &keeper{}, strings.NewReader(file))
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprint(r.Line, " ", r.ID, domain.CodeOf(r.Err)))
	}
	want := []string{"1 1", "3 malformed", "4 invalid", "5 payload_too_large", "6 invalid", "7 internal", "8 9"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(ndjson.Summary{Lines: 7, Created: 2, Failed: 5, Position: 2}, s); d != "" {
		t.Error(d)
	}
}

func TestRun_reads_gzip_by_itself_and_says_where_it_is_broken(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	for i := range 20_000 {
		fmt.Fprintf(z, "{\"kind\":\"a\",\"id\":\"%d\"}\n", i*7919%20_000)
	}
	z.Close()
	if _, s := importAll(t, &keeper{}, bytes.NewReader(zipped.Bytes())); s.Created != 20_000 {
		t.Errorf("summary %+v", s)
	}
	results, s := importAll(t, &keeper{}, bytes.NewReader(zipped.Bytes()[:zipped.Len()/2]))
	last := results[len(results)-1]
	if s.Failed != 1 || s.Lines != len(results) || domain.CodeOf(last.Err) != domain.CodeMalformed || last.Line != len(results) {
		t.Errorf("summary %+v, last %+v", s, last)
	}
}

func TestRun_is_patient_with_an_outage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, back := &keeper{}, time.Now().Add(30*time.Second)
		handle := func(ctx context.Context, l commands.ImportLine) (commands.ImportAnswer, error) {
			if time.Now().Before(back) {
				return commands.ImportAnswer{}, domain.Unavailable("Try again.", time.Second, nil)
			}
			return k.handle(ctx, l)
		}
		run := func() ndjson.Summary {
			s, err := ndjson.Import{Handle: handle}.Run(t.Context(), strings.NewReader(strings.Repeat("{\"kind\":\"a\"}\n", 9)), func(ndjson.Result) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := run(); s.Created != 9 || s.Failed != 0 {
			t.Errorf("after an outage: %+v", s)
		}
		back = time.Now().Add(time.Hour)
		if s := run(); s.Failed != 9 {
			t.Errorf("in an outage without end: %+v", s)
		}
	})
}

func TestRun_stops_when_nobody_listens_any_more(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	endless := io.MultiReader(strings.NewReader(strings.Repeat("{\"kind\":\"a\"}\n", 100_000)))
	_, err := ndjson.Import{Handle: (&keeper{}).handle}.Run(t.Context(), endless, func(ndjson.Result) error { return gone })
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = ndjson.Import{Handle: (&keeper{}).handle}.Run(ctx, endless, func(ndjson.Result) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
