package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// answer is what a use case came to, as HTTP says it.
type answer struct {
	status   int
	body     any               // nil: none
	location string            // of what was created
	position eventlog.Position // of a command
	// revision is a conversation's, and etagged whether the caller may know it.
	revision eventlog.Revision
	etagged  bool
}

// writeTimeout bounds how long a client may take to read one answer.
const writeTimeout = 30 * time.Second

func (a *api) answer(w http.ResponseWriter, ans answer) {
	h := w.Header()
	if ans.position != eventlog.Start {
		h.Set("Parley-Position", strconv.FormatUint(uint64(ans.position), 10))
	}
	if ans.etagged {
		h.Set("ETag", etag(ans.revision))
	}
	if ans.location != "" {
		h.Set("Location", ans.location)
	}
	if ans.body == nil {
		allowWriting(w)
		w.WriteHeader(ans.status)
		return
	}
	writeJSON(w, ans.status, "application/json", ans.body)
}

func etag(r eventlog.Revision) string { return `"` + strconv.FormatInt(int64(r), 10) + `"` }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// writeJSON writes the whole answer at once, so that a value that cannot be
// encoded is a fault before anything was said.
func writeJSON(w http.ResponseWriter, status int, contentType string, body any) {
	b := buffers.Get().(*bytes.Buffer)
	defer release(b)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	allowWriting(w)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// allowWriting gives the client its time to read the answer. Every answer does,
// because the deadline of the one before on the connection still stands.
func allowWriting(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
}

// release keeps a buffer for the next answer unless it has become large.
func release(b *bytes.Buffer) {
	if b.Cap() > 64<<10 {
		return
	}
	b.Reset()
	buffers.Put(b)
}
