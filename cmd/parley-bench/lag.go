package main

import (
	"context"
	"sync"
	"time"
)

// lagMeter asks a server again and again how far its read models are behind, and
// keeps the worst.
type lagMeter struct {
	mu    sync.Mutex
	worst time.Duration
	asked int
}

// watch measures until ctx ends.
func (m *lagMeter) watch(ctx context.Context, s *server) {
	for pause(ctx, pollEvery) == nil {
		if lag, _, err := s.lag(ctx); err == nil {
			m.note(lag)
		}
	}
}

func (m *lagMeter) note(lag time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.worst, m.asked = max(m.worst, lag), m.asked+1
}

func (m *lagMeter) result() (worst time.Duration, asked int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.worst, m.asked
}
