package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Bars of S6: by how much a post may take longer in a long conversation and in a
// big store, and how long the first one after a restart may take.
const (
	longBar  = 1.2
	bigBar   = 1.3
	firstBar = 50 * time.Millisecond
)

// postsEach is how often is posted to a short conversation before the next.
const postsEach = 200

// The contenders of S6.
const (
	intoLong   = "long conversation"
	intoShort  = "short conversation"
	smallStore = "small store"
)

// costOfGrowth measures S6: what a post costs in a long conversation and in a big
// store, right after a restart and then.
func (l *lab) costOfGrowth(ctx context.Context) ([]table, error) {
	big, unsaved, err := l.settled(ctx, (*lab).grownSite)
	if err != nil {
		return nil, fmt.Errorf("fill the big store: %w", err)
	}
	small, _, err := l.settled(ctx, (*lab).smallSite)
	if err != nil {
		return nil, fmt.Errorf("fill the small store: %w", err)
	}
	long := &visit{lab: l, conversations: []string{big.longest()}, folder: big.itself}
	short := &visit{lab: l, conversations: big.short(), folder: big.itself}
	fresh := &visit{lab: l, conversations: small.short(), folder: small.copied}
	laps, err := l.race(ctx, 1, long.contender(ctx, intoLong), short.contender(ctx, intoShort), fresh.contender(ctx, smallStore))
	if err != nil {
		return nil, err
	}
	t := table{
		title: "S6 · posting into what has grown",
		note: fmt.Sprintf("`POST /v1/conversations/{id}/messages` by one client, bodies of %d bytes, times of a post. The big store holds %d events, among them a conversation of %d messages; short ones have %d, and the client goes on to the next after %d posts. Every lap begins with a restart, on the small store with a fresh copy of its %d events.",
			payloadBytes, l.run.Growth, l.run.longMessages(), shortMessages, postsEach, smallEvents),
	}
	t.slower(fmt.Sprintf("a conversation of %d messages, against one of %d", l.run.longMessages(), shortMessages), laps[intoLong], laps[intoShort], intoShort, longBar)
	t.slower(fmt.Sprintf("a store of %d events, against %d", l.run.Growth, smallEvents), laps[intoShort], laps[smallStore], smallStore, bigBar)
	t.mostly("first post after a restart, long conversation", long.firsts, firstBar)
	t.mostly("first post after a restart, short conversation", short.firsts, firstBar)
	t.mostly("first post after a restart, small store", fresh.firsts, firstBar)
	t.atMost("first post without a snapshot, long conversation", unsaved, 0)
	return []table{t}, nil
}

// settled fills a site and lets the program catch up with it, once. It also
// returns how long the first post into the longest conversation took, of which
// there was no snapshot.
func (l *lab) settled(ctx context.Context, fill func(*lab, context.Context) (*site, error)) (s *site, first time.Duration, err error) {
	if s, err = fill(l, ctx); err != nil {
		return nil, 0, err
	}
	v := &visit{lab: l, conversations: []string{s.longest()}, folder: s.itself}
	if _, err := v.begin(ctx); err != nil {
		return nil, 0, err
	}
	return s, v.firsts[0], v.end(ctx)
}

func (s *site) longest() string { return s.talks[0].id.String() }

// visit is posting by one client to a server that is started for each lap.
type visit struct {
	lab           *lab
	conversations []string
	folder        func() (name string, err error)
	next          int // how often was posted
	firsts        []time.Duration

	server *server
	client *wireClient
}

func (v *visit) contender(ctx context.Context, name string) contender {
	return contender{name: name, open: func(int) (step, error) { return v.begin(ctx) }, rest: v.end}
}

// begin starts the server, and takes the time of the first post.
func (v *visit) begin(ctx context.Context) (post step, err error) {
	name, err := v.folder()
	if err != nil {
		return nil, err
	}
	if v.server, err = v.lab.runParley(ctx, name); err != nil {
		return nil, err
	}
	if v.client, err = dialHTTP(v.server.address); err != nil {
		return nil, err
	}
	post = v.post()
	began := time.Now()
	err = post(ctx)
	v.firsts = append(v.firsts, time.Since(began))
	return post, err
}

// post posts to a conversation for a while, and then to the next one.
func (v *visit) post() step {
	requests := make([][]byte, len(v.conversations))
	for i, id := range v.conversations {
		requests[i] = postRequest(v.server.address, posterToken, "/v1/conversations/"+id+"/messages", messageBody())
	}
	// A lap begins with a conversation of its own.
	v.next += (postsEach - v.next%postsEach) % postsEach
	return func(context.Context) error {
		request := requests[v.next/postsEach%len(requests)]
		v.next++
		return v.client.send(request)
	}
}

// end stops the server once its read models are done.
func (v *visit) end(ctx context.Context) error {
	err := v.server.caughtUp(ctx)
	_ = v.client.conn.Close()
	v.server.stop()
	return err
}

// itself returns the site's own folder.
func (s *site) itself() (string, error) { return s.name, nil }

// copied returns a fresh copy of the site in another folder, always the same.
func (s *site) copied() (string, error) {
	name := s.name + "-copy"
	to := filepath.Join(s.lab.dir, name)
	if err := os.RemoveAll(to); err != nil {
		return "", err
	}
	return name, os.CopyFS(to, os.DirFS(filepath.Join(s.lab.dir, s.name)))
}
