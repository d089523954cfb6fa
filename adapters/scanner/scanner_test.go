package scanner_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/adapters/adaptertest/clamdtest"
	"parley/adapters/scanner"
	"parley/domain/blob"
)

func open(t *testing.T, address string) blob.Scanner {
	t.Helper()
	s, err := scanner.Open(address)
	if err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	return s
}

// filler makes a content longer than a chunk.
var filler = strings.Repeat("filler\n", 20_000)

func TestScanners_find_what_is_infected_and_let_pass_what_is_not(t *testing.T) {
	t.Parallel()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		if strings.Contains(string(content), clamdtest.Eicar) {
			w.WriteHeader(http.StatusNotAcceptable)
			_, _ = io.WriteString(w, "Eicar-Test-Signature\nmore")
		}
	}))
	t.Cleanup(hook.Close)
	for name, address := range map[string]string{
		"clamd over TCP":        clamdtest.Start(t, "tcp", "").Address,
		"clamd over its socket": clamdtest.Start(t, "unix", t.TempDir()).Address,
		"hook":                  hook.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, address)
			for content, want := range map[string]string{
				"": "", "harmless": "", filler: "", clamdtest.Eicar: "Eicar-Test-Signature", filler + clamdtest.Eicar + filler: "Eicar-Test-Signature",
			} {
				finding, err := s.Scan(t.Context(), strings.NewReader(content))
				if finding != want || err != nil {
					t.Errorf("%d bytes: %q, error %v, want %q", len(content), finding, err, want)
				}
			}
		})
	}
}

func TestScanners_that_cannot_tell_are_not_available(t *testing.T) {
	t.Parallel()
	broken, small := clamdtest.Start(t, "tcp", ""), clamdtest.Start(t, "tcp", "")
	broken.SetBroken(true)
	small.SetLimit(10)
	failing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(failing.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	moved := httptest.NewServer(http.RedirectHandler(failing.URL, http.StatusFound))
	t.Cleanup(moved.Close)
	for name, address := range map[string]string{
		"hangs up": broken.Address, "takes less than that": small.Address, "answers wrongly": failing.URL,
		"is down": gone.URL, "is a socket that is missing": "unix://" + t.TempDir() + "/none", "points elsewhere": moved.URL,
		"is something else": strings.Replace(failing.URL, "http", "tcp", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finding, err := open(t, address).Scan(t.Context(), strings.NewReader(filler))
			if finding != "" || !errors.Is(err, blob.ErrUnavailable) {
				t.Errorf("%q, error %v", finding, err)
			}
		})
	}
}

func TestScanners_end_with_their_context_and_with_the_content(t *testing.T) {
	t.Parallel()
	s := open(t, clamdtest.Start(t, "tcp", "").Address)
	ctx, cancel := context.WithCancel(t.Context())
	endless := readerFunc(func(b []byte) (int, error) { cancel(); return len(b), nil })
	if finding, err := s.Scan(ctx, endless); finding != "" || err == nil {
		t.Errorf("%q, error %v", finding, err)
	}
	hurt := errors.New("damaged")
	failing := readerFunc(func([]byte) (int, error) { return 0, hurt })
	if finding, err := s.Scan(t.Context(), failing); finding != "" || !errors.Is(err, hurt) {
		t.Errorf("%q, error %v", finding, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestOpen_refuses_what_is_no_address(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "clamd", "tcp://host", "unix://host/path", "ftp://host/", "http:///path", "tcp://host:1/path", "%"} {
		if _, err := scanner.Open(address); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
