package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/adapters/markup"
	"parley/adapters/markup/markuptest"
	"parley/domain"
)

// Bars of S11, and the sizes of its messages in bytes.
const (
	showingBar   = 50 * time.Millisecond
	listBar      = 1.2
	largeMessage = 256 << 10
	smallMessage = 32 << 10
	listed       = 50
)

// costOfShowing measures S11: rendering messages of the worst cases, and a list
// that shows such ones against one that shows words.
func (l *lab) costOfShowing(ctx context.Context) ([]table, error) {
	t := table{
		title: "S11 · showing a message",
		note: fmt.Sprintf("The HTML of a text, in process, the median of %d: %d pieces of text that begin, end or nearly make a mark, each repeated to the size. The list is `GET /v1/conversations?limit=%d` over HTTP, whose last messages are such texts of 32 KiB, of one client; PLAIN is the same with words.",
			l.run.Rounds, len(markuptest.Worst), listed),
	}
	l.raceRendering(&t)
	s, err := l.runParley(ctx, "showing")
	if err != nil {
		return nil, err
	}
	if err := s.fillLists(ctx); err != nil {
		return nil, err
	}
	if err := l.raceShowing(ctx, &t, s); err != nil {
		return nil, err
	}
	return []table{t}, nil
}

// raceRendering renders every piece in both sizes.
func (l *lab) raceRendering(t *table) {
	var growth float64
	dearest := map[int]string{}
	slowest := map[int]time.Duration{}
	for name, piece := range markuptest.Worst {
		took := map[int]time.Duration{}
		for _, size := range []int{smallMessage, largeMessage} {
			took[size] = l.render(markuptest.Sized(piece, size))
			if took[size] > slowest[size] {
				slowest[size], dearest[size] = took[size], name
			}
		}
		growth = max(growth, float64(took[largeMessage])/float64(took[smallMessage]))
	}
	perByte := func(size int) string {
		return fmt.Sprintf("%.0f ns a byte", float64(slowest[size])/float64(size))
	}
	t.atMost(fmt.Sprintf("32 KiB, the dearest: %s, %s", dearest[smallMessage], perByte(smallMessage)), slowest[smallMessage], 0)
	t.atMost(fmt.Sprintf("256 KiB, the dearest: %s, %s", dearest[largeMessage], perByte(largeMessage)), slowest[largeMessage], showingBar)
	t.figure("256 KiB against 32 KiB, the greatest ratio of all; 8 is linear", fmt.Sprintf("%.1f", growth))
	t.atMost("256 KiB of words", l.render(markuptest.Sized(markuptest.Worst["words"], largeMessage)), 0)
}

// render returns how long a text takes, in the median.
func (l *lab) render(body string) time.Duration {
	took := make([]float64, l.run.Rounds)
	for i := range took {
		began := time.Now()
		markup.HTML(body)
		took[i] = float64(time.Since(began))
	}
	return time.Duration(median(took))
}

// fillLists starts two lists of conversations, which their names tell apart.
func (s *server) fillLists(ctx context.Context) error {
	var worst []string
	for _, name := range slices.Sorted(maps.Keys(markuptest.Worst)) {
		body := strings.ToValidUTF8(markuptest.Sized(markuptest.Worst[name], smallMessage), "")
		if domain.CheckText(body) == "" && strings.TrimSpace(body) != "" {
			worst = append(worst, body)
		}
	}
	plain := markuptest.Sized(markuptest.Worst["words"], smallMessage)
	for i := range listed {
		for name, body := range map[string]string{"worst": worst[i%len(worst)], "plain": plain} {
			if err := s.startWith(ctx, name, body); err != nil {
				return err
			}
		}
	}
	return s.caughtUp(ctx)
}

// startWith starts a conversation with a message.
func (s *server) startWith(ctx context.Context, name, message string) error {
	body, err := json.Marshal(map[string]any{"name": name, "customer_user": "buyer", "message": map[string]string{"body": message}})
	if err != nil {
		return err
	}
	resp, err := s.call(ctx, http.MethodPost, "/v1/conversations", body)
	if err != nil {
		return err
	}
	return read(resp, http.StatusCreated)
}

// raceShowing asks for both lists in turn.
func (l *lab) raceShowing(ctx context.Context, t *table, s *server) error {
	var contenders []contender
	for _, name := range []string{"worst", "plain"} {
		a := newAsking(s.address, fmt.Sprintf("/v1/conversations?limit=%d&name=%s", listed, name))
		l.atClose(a.close)
		contenders = append(contenders, contender{name: name, open: a.open})
	}
	laps, err := l.race(ctx, 1, contenders...)
	if err != nil {
		return err
	}
	t.slower(fmt.Sprintf("a list of %d", listed), laps["worst"], laps["plain"], "PLAIN", listBar)
	return nil
}
