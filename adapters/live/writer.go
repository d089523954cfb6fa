package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tmaxmax/go-sse"

	"parley/domain/eventlog"
)

// errGone says that the client no longer takes what is written.
var errGone = errors.New("the client is gone")

// hintData and placeData are the data of frames, in the form of the HTTP
// contract: of hints, and of ready and reset.
type (
	hintData struct {
		ID       string `json:"id"`
		Type     string `json:"type,omitempty"`
		Position uint64 `json:"position"`
	}
	placeData struct {
		Position uint64 `json:"position"`
	}
)

// writer writes frames to one client.
type writer struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	limit time.Duration
}

func newWriter(w http.ResponseWriter, limit time.Duration) *writer {
	return &writer{w, http.NewResponseController(w), limit}
}

// ready answers the request and says from where the stream goes on.
func (o *writer) ready(at eventlog.Position) error {
	h := o.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	o.w.WriteHeader(http.StatusOK)
	return o.write(frame("ready", at, placeData{uint64(at)}))
}

// reset says that everything must be asked for again.
func (o *writer) reset(at eventlog.Position) error {
	return o.write(frame("reset", at, placeData{uint64(at)}))
}

// beat keeps the connection open, and finds out whether it still is.
func (o *writer) beat() error {
	m := &sse.Message{}
	m.AppendComment("still here")
	return o.write(m)
}

// hints writes a group of frames at once.
func (o *writer) hints(s screens) error {
	frames := s.kept()
	messages := make([]*sse.Message, len(frames))
	for i, f := range frames {
		messages[i] = frame(f.kind, f.position, hintData{f.id, f.typ, uint64(f.position)})
	}
	return o.write(messages...)
}

func frame(kind string, at eventlog.Position, data any) *sse.Message {
	m := &sse.Message{Type: sse.Type(kind), ID: sse.ID(strconv.FormatUint(uint64(at), 10))}
	encoded, err := json.Marshal(data)
	if err != nil {
		panic("encode a struct of strings and a number: " + err.Error())
	}
	m.AppendData(string(encoded))
	return m
}

// write sends the messages in one piece, or returns an error that wraps errGone
// when the client does not take them within the limit.
func (o *writer) write(messages ...*sse.Message) error {
	if len(messages) == 0 {
		return nil
	}
	var all bytes.Buffer
	for _, m := range messages {
		if _, err := m.WriteTo(&all); err != nil {
			return fmt.Errorf("encode a frame: %w", err)
		}
	}
	err := o.ctl.SetWriteDeadline(time.Now().Add(o.limit))
	if err == nil {
		_, err = o.w.Write(all.Bytes())
	}
	if err == nil {
		err = o.ctl.Flush()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}
