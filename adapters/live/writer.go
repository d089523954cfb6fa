package live

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/tmaxmax/go-sse"

	"parley/domain/eventlog"
)

// noConversation is the id of no conversation.
var noConversation uuid.UUID

// frameData is the data of a frame, in the form of the HTTP contract.
type frameData struct {
	ID       string `json:"id,omitempty"`
	Type     string `json:"type,omitempty"`
	Position uint64 `json:"position"`
}

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
	return o.write(frame("ready", frameData{Position: uint64(at)}))
}

// reset says that everything must be asked for again.
func (o *writer) reset(at eventlog.Position) error {
	return o.write(frame("reset", frameData{Position: uint64(at)}))
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
		messages[i] = frame(f.kind, frameData{ID: f.id, Type: f.typ, Position: uint64(f.position)})
	}
	return o.write(messages...)
}

func frame(kind string, data frameData) *sse.Message {
	m := &sse.Message{Type: sse.Type(kind), ID: sse.ID(strconv.FormatUint(data.Position, 10))}
	encoded, err := json.Marshal(data)
	if err != nil {
		panic("encode a struct of strings and a number: " + err.Error())
	}
	m.AppendData(string(encoded))
	return m
}

// write sends the messages, or fails when the client does not take them within
// the limit.
func (o *writer) write(messages ...*sse.Message) error {
	if len(messages) == 0 {
		return nil
	}
	var all bytes.Buffer
	for _, m := range messages {
		if _, err := m.WriteTo(&all); err != nil {
			return err
		}
	}
	if err := o.ctl.SetWriteDeadline(time.Now().Add(o.limit)); err != nil {
		return err
	}
	if _, err := o.w.Write(all.Bytes()); err != nil {
		return err
	}
	return o.ctl.Flush()
}
