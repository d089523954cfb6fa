package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Bars of S8, and its load.
const (
	streamsResident = 300 << 20
	streamsHintP99  = 250 * time.Millisecond
	streamPause     = 100 * time.Millisecond // between two messages
	stuckReaders    = 10
)

// watchers are whose screens are open, all of whom see every conversation.
var watchers = []string{"demo:customer_user:buyer", "demo:user:user", "demo:user:manager", "demo:user:admin"}

// manyStreams measures S8: open live streams while messages come, some of whose
// readers have stopped reading.
func (l *lab) manyStreams(ctx context.Context) ([]table, error) {
	s, err := l.startParley(ctx, "parley-streams")
	if err != nil {
		return nil, err
	}
	idle := residentOf(s.pid)
	a, err := s.openAudience(l.run.Streams)
	if err != nil {
		return nil, err
	}
	defer a.close()
	messages := l.run.streamed()
	most, err := a.hear(ctx, s, messages)
	if err != nil {
		return nil, err
	}
	delays := a.delays(messages)
	t := table{
		title: "S8 · many open streams",
		note: fmt.Sprintf("%d live streams of %d people, each on a connection of its own, and %d more that nobody reads; %d messages, 10 a second, each hinted at on all. Hint: from the acknowledgement until the frame has arrived, over all streams; one that comes before it counts as 0.",
			len(a.seats), len(watchers), stuckReaders, messages),
	}
	t.atMost("hint on any stream, p50", quantile(delays, .5), 0)
	t.atMost("hint on any stream, p99", quantile(delays, .99), streamsHintP99)
	t.atMost("hint on any stream, latest", delays[len(delays)-1], 0)
	t.figure("streams that ended or missed a message", strconv.Itoa(a.failed(messages)))
	t.within("resident memory, at most", most, streamsResident)
	t.figure("resident memory before the first stream", mebibytes(idle))
	return []table{t}, nil
}

// streamed is how many messages come while streams are open.
func (c runCommand) streamed() int { return max(10, int(time.Duration(c.Rounds)*c.For/streamPause)) }

// audience is the open streams, and when each message was acknowledged.
type audience struct {
	seats []*seat
	stuck []net.Conn
	ended sync.WaitGroup

	acknowledged []posted
}

type posted struct {
	position uint64
	at       time.Time
}

// seat is one open stream: when it came to which position.
type seat struct {
	conn net.Conn
	mu   sync.Mutex
	came []posted
	last atomic.Uint64
}

// openAudience opens the streams, and those that nobody reads.
func (s *server) openAudience(n int) (*audience, error) {
	a := &audience{seats: make([]*seat, n)}
	var group errgroup.Group
	group.SetLimit(64)
	for i := range a.seats {
		group.Go(func() error {
			conn, in, err := openStream(s.address, watchers[i%len(watchers)])
			if err != nil {
				return err
			}
			a.seats[i] = &seat{conn: conn}
			a.ended.Go(func() { a.seats[i].listen(in) })
			return nil
		})
	}
	err := group.Wait()
	for range stuckReaders {
		if err == nil {
			var conn net.Conn
			conn, _, err = openStream(s.address, watchers[0])
			a.stuck = append(a.stuck, conn)
		}
	}
	if err != nil {
		a.close()
	}
	return a, err
}

// openStream opens a live stream and reads the answer's header.
func openStream(address, token string) (net.Conn, *bufio.Reader, error) {
	conn, err := net.DialTimeout("tcp", address, stepTimeout)
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	if _, err = fmt.Fprintf(conn, "GET /v1/live HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", address, token); err == nil {
		in := bufio.NewReaderSize(conn, 1<<10)
		var status string
		if status, err = in.ReadString('\n'); err == nil && !strings.HasPrefix(status, "HTTP/1.1 200 ") {
			err = fmt.Errorf("open a stream: the server answered %s", status)
		}
		if err == nil {
			return conn, in, nil
		}
	}
	_ = conn.Close()
	return nil, nil, err
}

// listen notes when each position came first, until the stream ends.
func (s *seat) listen(in *bufio.Reader) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: ")
		position, err := strconv.ParseUint(id, 10, 64)
		if !ok || err != nil || position <= s.last.Load() {
			continue
		}
		s.mu.Lock()
		s.came = append(s.came, posted{position, time.Now()})
		s.mu.Unlock()
		s.last.Store(position)
	}
}

// hear posts the messages and waits until every stream has come to the last. It
// returns how much memory the server had at most.
func (a *audience) hear(ctx context.Context, s *server, messages int) (most int64, err error) {
	tick := time.NewTicker(streamPause)
	defer tick.Stop()
	for i := range messages {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		p, err := s.post(ctx, s.conversations[i%len(s.conversations)])
		if err != nil {
			return 0, err
		}
		a.acknowledged = append(a.acknowledged, p)
		most = max(most, residentOf(s.pid))
	}
	deadline := time.After(stepTimeout)
	for last := a.acknowledged[messages-1].position; a.behind(last) > 0; {
		select {
		case <-tick.C:
		case <-deadline:
			return most, nil // who missed it is counted
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return max(most, residentOf(s.pid)), nil
}

// behind counts the streams that have not come to a position.
func (a *audience) behind(position uint64) (n int) {
	for _, s := range a.seats {
		if s.last.Load() < position {
			n++
		}
	}
	return n
}

// post adds a message and returns its position and when it was acknowledged.
func (s *server) post(ctx context.Context, conversation string) (posted, error) {
	resp, err := s.call(ctx, http.MethodPost, "/v1/conversations/"+conversation+"/messages", messageBody())
	if err != nil {
		return posted{}, err
	}
	if err := read(resp, http.StatusCreated); err != nil {
		return posted{}, err
	}
	position, err := strconv.ParseUint(resp.Header.Get("Parley-Position"), 10, 64)
	return posted{position, time.Now()}, err
}

// delays returns how long after its acknowledgement each message had come to
// each stream, in order.
func (a *audience) delays(messages int) []time.Duration {
	var all []time.Duration
	for _, s := range a.seats {
		s.mu.Lock()
		next := 0
		for _, p := range a.acknowledged[:messages] {
			for next < len(s.came) && s.came[next].position < p.position {
				next++
			}
			if next < len(s.came) {
				all = append(all, max(0, s.came[next].at.Sub(p.at)))
			}
		}
		s.mu.Unlock()
	}
	slices.Sort(all)
	return all
}

// failed counts the streams that lack one of the messages.
func (a *audience) failed(messages int) (n int) {
	for _, s := range a.seats {
		s.mu.Lock()
		missing := slices.ContainsFunc(a.acknowledged[:messages], func(p posted) bool {
			return !slices.ContainsFunc(s.came, func(c posted) bool { return c.position == p.position })
		})
		s.mu.Unlock()
		if missing {
			n++
		}
	}
	return n
}

func (a *audience) close() {
	for _, s := range a.seats {
		if s != nil {
			_ = s.conn.Close()
		}
	}
	for _, conn := range a.stuck {
		if conn != nil {
			_ = conn.Close()
		}
	}
	a.ended.Wait()
}
