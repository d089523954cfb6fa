package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// caller is a person who uses the API of a server.
type caller struct {
	p     *program
	token string
}

// as returns a demo person as a caller: as("user:admin").
func (p *program) as(person string) caller { return caller{p, "demo:" + person} }

// reply is an answer, read to its end.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// try sends a request; headers are pairs. An error is one of the connection. A
// query sees what the program has answered so far, unless it says which position
// it wants, or that it wants none ("").
func (c caller) try(method, path string, body any, headers ...string) (reply, error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(ofTheTest(c.p.t, b))
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return reply{}, err
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequest(method, c.p.url+path, reader)
	if err != nil {
		return reply{}, err
	}
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if latest := c.p.latest.Load(); latest > 0 && method == http.MethodGet && strings.HasPrefix(path, "/v1/") {
		req.Header.Set("Parley-Min-Position", strconv.FormatUint(latest, 10))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Parley-Min-Position" && headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	c.p.saw(resp.Header.Get("Parley-Position"))
	read, err := io.ReadAll(resp.Body)
	return reply{c.p.t, resp.StatusCode, resp.Header, read}, err
}

// send is try for a server that must answer.
func (c caller) send(method, path string, body any, headers ...string) reply {
	c.p.t.Helper()
	r, err := c.try(method, path, body, headers...)
	if err != nil {
		c.p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (c caller) get(path string, headers ...string) reply {
	c.p.t.Helper()
	return c.send(http.MethodGet, path, nil, headers...)
}

func (c caller) post(path string, body any, headers ...string) reply {
	c.p.t.Helper()
	return c.send(http.MethodPost, path, body, headers...)
}

// want fails the test unless the answer has the status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// object returns the answer's JSON.
func (r reply) object() map[string]any {
	r.t.Helper()
	var o map[string]any
	if err := json.Unmarshal(r.body, &o); err != nil {
		r.t.Fatalf("read the answer: %v: %s", err, r.body)
	}
	return o
}

// items returns the objects of a list.
func (r reply) items() []map[string]any {
	r.t.Helper()
	var list struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(r.body, &list); err != nil {
		r.t.Fatalf("read the answer: %v: %s", err, r.body)
	}
	return list.Items
}

// position returns the position of a command's answer.
func (r reply) position() string { return r.header.Get("Parley-Position") }

// since makes a query answer from at least the place of a command.
func (r reply) since() (name, position string) { return "Parley-Min-Position", r.position() }
