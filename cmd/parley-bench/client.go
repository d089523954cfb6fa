package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// stepTimeout is after how long a request has failed.
const stepTimeout = 30 * time.Second

// wireClient posts over one connection that stays open. It writes requests made
// beforehand and looks at nothing of an answer but its status and length.
type wireClient struct {
	conn net.Conn
	in   *bufio.Reader
}

func dialHTTP(address string) (*wireClient, error) {
	conn, err := net.DialTimeout("tcp", address, stepTimeout)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &wireClient{conn: conn, in: bufio.NewReader(conn)}, nil
}

// postRequest returns the bytes of a request with a JSON body.
func postRequest(address, token, path string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", path, address, token)
	fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	b.Write(body)
	return b.Bytes()
}

// getRequest returns the bytes of a request without a body.
func getRequest(address, token, path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", path, address, token)
}

// send sends a request and reads its answer, which must be 200 or 201.
func (c *wireClient) send(request []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(stepTimeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	done := bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) || bytes.HasPrefix(status, []byte("HTTP/1.1 201 "))
	first := strings.TrimSpace(string(status[:min(len(status), 60)]))
	length, err := c.skipHeader()
	if err != nil {
		return err
	}
	if done {
		_, err = c.in.Discard(length)
		return err
	}
	body, _ := io.ReadAll(io.LimitReader(c.in, int64(length)))
	return fmt.Errorf("the server answered %s: %s", first, body)
}

// skipHeader reads the header and returns the length of the body.
func (c *wireClient) skipHeader() (length int, err error) {
	length = -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return 0, errors.New("the answer has no length")
	}
	return length, nil
}

// posting is the operation of S1: each client adds messages to conversations in
// turn, each beginning at another one, over a connection of its own.
type posting struct {
	address  string
	requests [][]byte // one per conversation
	clients  map[int]*wireClient
}

func newPosting(address string, conversations []string) *posting {
	p := &posting{address: address, clients: map[int]*wireClient{}}
	for _, id := range conversations {
		p.requests = append(p.requests, postRequest(address, posterToken, "/v1/conversations/"+id+"/messages", messageBody()))
	}
	return p
}

// open is [contender]'s.
func (p *posting) open(client int) (step, error) {
	c, ok := p.clients[client]
	if !ok {
		var err error
		if c, err = dialHTTP(p.address); err != nil {
			return nil, err
		}
		p.clients[client] = c
	}
	next := client * 37
	return func(context.Context) error {
		next++
		return c.send(p.requests[next%len(p.requests)])
	}, nil
}

func (p *posting) close() {
	for _, c := range p.clients {
		_ = c.conn.Close()
	}
}
