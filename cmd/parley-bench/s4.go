package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bars of S4.
const (
	visibleP50 = 5 * time.Millisecond
	visibleP99 = 25 * time.Millisecond
	hintP99    = 50 * time.Millisecond
)

// pauseBetween keeps the server idle between two samples.
const pauseBetween = 5 * time.Millisecond

// hint is a frame of the live stream and when it came.
type hint struct {
	position uint64
	at       time.Time
}

// delayOfReading measures S4: from the acknowledgement of a command until a
// query answers with it, and until a live stream hints at it.
func (l *lab) delayOfReading(ctx context.Context) ([]table, error) {
	s, err := l.startParley(ctx, "parley-idle")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	hints, err := s.listen(ctx)
	if err != nil {
		return nil, err
	}
	var visible, hinted []time.Duration
	for i := range l.run.samples() {
		v, h, err := s.sample(ctx, s.conversations[i%len(s.conversations)], hints)
		if err != nil {
			return nil, err
		}
		visible, hinted = append(visible, v), append(hinted, h)
		if err := pause(ctx, pauseBetween); err != nil {
			return nil, err
		}
	}
	slices.Sort(visible)
	slices.Sort(hinted)
	t := table{
		title: "S4 · acknowledged, then visible",
		note: fmt.Sprintf("%d messages, one at a time on an idle server. Visible: the answer of `GET …/messages` with `Parley-Min-Position` is there, the whole request counted. Hint: the frame has arrived on another person's open stream; one that comes before the acknowledgement counts as 0.",
			len(visible)),
	}
	t.atMost("visible in the read model, p50", quantile(visible, .5), visibleP50)
	t.atMost("visible in the read model, p99", quantile(visible, .99), visibleP99)
	t.atMost("hint on a live stream, p50", quantile(hinted, .5), 0)
	t.atMost("hint on a live stream, p99", quantile(hinted, .99), hintP99)
	return []table{t}, nil
}

// samples is how many messages are measured.
func (c runCommand) samples() int { return max(20, 200*c.Rounds*int(c.For/time.Millisecond)/3000) }

// sample posts a message and returns how long after its acknowledgement it is
// visible and hinted at.
func (s *server) sample(ctx context.Context, conversation string, hints <-chan hint) (visible, hinted time.Duration, err error) {
	path := "/v1/conversations/" + conversation + "/messages"
	resp, err := s.call(ctx, http.MethodPost, path, messageBody())
	if err != nil {
		return 0, 0, err
	}
	if err := read(resp, http.StatusCreated); err != nil {
		return 0, 0, err
	}
	acknowledged, position := time.Now(), resp.Header.Get("Parley-Position")
	if resp, err = s.call(ctx, http.MethodGet, path+"?limit=1", nil, "Parley-Min-Position", position); err != nil {
		return 0, 0, err
	}
	if err := read(resp, http.StatusOK); err != nil {
		return 0, 0, err
	}
	visible = time.Since(acknowledged)
	want, err := strconv.ParseUint(position, 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("read the position: %w", err)
	}
	for {
		select {
		case h, open := <-hints:
			if !open {
				return 0, 0, errors.New("the live stream ended")
			}
			if h.position >= want {
				return visible, max(0, h.at.Sub(acknowledged)), nil
			}
		case <-time.After(stepTimeout):
			return 0, 0, errors.New("no hint came")
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
	}
}

// read reads an answer to its end.
func read(resp *http.Response, want int) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("the server answered %s: %s", resp.Status, body)
	}
	return err
}

// listen opens a live stream as another person and hands out its hints.
func (s *server) listen(ctx context.Context) (<-chan hint, error) {
	resp, err := s.call(ctx, http.MethodGet, "/v1/live", nil, "Authorization", "Bearer "+watcherToken)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, read(resp, http.StatusOK)
	}
	hints := make(chan hint, 1024)
	go func() {
		defer close(hints)
		defer resp.Body.Close()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			id, ok := strings.CutPrefix(lines.Text(), "id: ")
			if position, err := strconv.ParseUint(id, 10, 64); ok && err == nil {
				hints <- hint{position, time.Now()}
			}
		}
	}()
	return hints, nil
}
