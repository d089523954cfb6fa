package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// hook posts the content to an address. 200 or 204 mean clean; 406 or 422 that
// something was found, called by the first line of the answer; anything else that
// it cannot be said.
type hook struct {
	address string
	client  *http.Client
}

func newHook(address string) hook {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = patience
	return hook{address, &http.Client{
		Transport: transport, Timeout: 10 * patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Scan implements blob.Scanner.
func (h hook) Scan(ctx context.Context, content io.Reader) (string, error) {
	source := &source{r: content}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, source)
	if err != nil {
		return "", unavailable("ask scanner", err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := h.client.Do(req)
	if source.err != nil {
		err = errors.Join(err, fmt.Errorf("read content to scan: %w", source.err))
	}
	if err != nil {
		return "", unavailable("ask scanner", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNoContent:
		return "", nil
	case http.StatusNotAcceptable, http.StatusUnprocessableEntity:
		return finding(resp.Body), nil
	}
	return "", unavailable("ask scanner", fmt.Errorf("it answers %s", resp.Status))
}

// finding is the first line of an answer, or a name for what has none.
func finding(answer io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(answer, maxAnswer))
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "unnamed"
	}
	return line
}

// source remembers why a content could not be read.
type source struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
