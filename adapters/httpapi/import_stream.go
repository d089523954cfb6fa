package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// patientReader reads a body of any length, as long as some of it keeps coming.
type patientReader struct {
	ctx     context.Context
	control *http.ResponseController
	body    io.Reader
	timeout time.Duration
}

// newPatientReader returns a reader of the body that also a Read under way ends of
// when the context does. stop must be called before the deadline is lifted.
func newPatientReader(ctx context.Context, w http.ResponseWriter, body io.Reader, timeout time.Duration) (p *patientReader, stop func()) {
	p = &patientReader{ctx, http.NewResponseController(w), body, timeout}
	return p, whenClosed(ctx.Done(), func() { _ = p.control.SetReadDeadline(time.Now()) })
}

// Read implements io.Reader.
func (p *patientReader) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(p.timeout))
	// Asked behind that: what the end of the context set is not to be undone.
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.body.Read(b)
}

// maxUnread is how many lines of an answer wait for a client that does not read
// them: many clients send all of a file before they read anything.
const maxUnread = 8192

// lineWriter writes lines of JSON on a goroutine of its own, so that a client
// that sends before it reads does not stop the reading of what it sends. It
// flushes whenever nothing more is waiting.
type lineWriter struct {
	w      http.ResponseWriter
	lines  chan []byte
	failed chan struct{} // closed once the client takes no more
	ended  chan struct{}
}

func newLineWriter(w http.ResponseWriter) *lineWriter {
	l := &lineWriter{w: w, lines: make(chan []byte, maxUnread), failed: make(chan struct{}), ended: make(chan struct{})}
	allowWriting(w)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	go l.run()
	return l
}

// write hands a line on. It waits while too many are unread, and returns an
// error once the client takes no more.
func (l *lineWriter) write(line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	select {
	case l.lines <- append(text, '\n'):
		return nil
	case <-l.failed:
		return io.ErrClosedPipe
	}
}

// close waits until all lines are written, or cannot be.
func (l *lineWriter) close() {
	close(l.lines)
	<-l.ended
}

func (l *lineWriter) run() {
	defer close(l.ended)
	defer close(l.failed)
	for line := range l.lines {
		allowWriting(l.w)
		if _, err := l.w.Write(line); err != nil {
			return
		}
		if len(l.lines) == 0 && http.NewResponseController(l.w).Flush() != nil {
			return
		}
	}
}
