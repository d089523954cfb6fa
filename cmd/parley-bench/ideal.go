package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"time"
)

// idealCommand is the baseline IDEAL: it reads the same request, appends it to
// the bare log and answers with JSON. It knows nobody and refuses nothing.
type idealCommand struct {
	Dir string `arg:""`
}

// Run implements the command.
func (c idealCommand) Run(ctx context.Context) error {
	log, err := openBareLog(c.Dir)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/conversations/{id}/messages", func(w http.ResponseWriter, r *http.Request) {
		if err := answerIdeal(log, w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return serveChild(ctx, func(l net.Listener) error { return http.Serve(l, mux) })
}

// idealMessage is what is stored and answered.
type idealMessage struct {
	Conversation string    `json:"conversation"`
	Body         string    `json:"body"`
	At           time.Time `json:"at"`
}

func answerIdeal(log *bareLog, w http.ResponseWriter, r *http.Request) error {
	m := idealMessage{Conversation: r.PathValue("id"), At: time.Now()}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return err
	}
	stored, err := json.Marshal(m)
	if err != nil {
		return err
	}
	at, err := log.append(stored)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Parley-Position", strconv.FormatUint(at, 10))
	w.Header().Set("Content-Length", strconv.Itoa(len(stored)))
	w.WriteHeader(http.StatusCreated)
	_, err = w.Write(stored)
	return err
}
