package eventnode

import (
	"context"
	"sync"

	"parley/domain/eventlog"
)

// standing is what is known of a stream as a whole.
type standing struct {
	tombstoned bool
	metadata   Metadata
}

// standings remembers the standing of the streams read last, so that a read of
// one costs a look in memory. Readers fill it; the writer makes it forget what a
// commit has changed, before the commit is published or answered.
type standings struct {
	mu         sync.Mutex
	generation uint64 // how often something was forgotten
	known      *cache[standing]
}

func newStandings() *standings { return &standings{known: newCache[standing]()} }

func (s *standings) get(stream string) (known standing, generation uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok = s.known.get(stream)
	return known, s.generation, ok
}

// put keeps what was read from the file, unless something has been forgotten
// since: the read may then be older than what the writer has changed.
func (s *standings) put(stream string, read standing, generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		s.known.put(stream, read)
	}
}

func (s *standings) forget(streams ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	for _, stream := range streams {
		s.known.drop(stream)
	}
}

// reset forgets everything.
func (s *standings) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	s.known = newCache[standing]()
}

// standing returns what is known of a stream, from memory or from the file: of
// its metadata, what limits it.
func (n *Node) standing(ctx context.Context, stream string) (standing, error) {
	known, generation, ok := n.store.standings.get(stream)
	if ok {
		return known, nil
	}
	read, err := n.store.standing(ctx, stream)
	// What is only kept for clients may be large and is nobody's limit.
	read.metadata.Raw, read.metadata.ACL = nil, nil
	if err == nil {
		n.store.standings.put(stream, read, generation)
	}
	return read, err
}

// standing reads what a stream's metadata and its tombstone say. A metadata
// stream has fixed metadata, only its last event counts, and ends with the
// stream that it describes.
func (s *store) standing(ctx context.Context, stream string) (standing, error) {
	found := standing{metadata: Metadata{Revision: eventlog.NoStream}}
	for name := stream; name != ""; {
		ended, err := s.tombstoned(ctx, name)
		if err != nil {
			return found, err
		}
		found.tombstoned = found.tombstoned || ended
		if !isMeta(name) {
			break
		}
		name = describedBy(name)
	}
	if isMeta(stream) {
		found.metadata.MaxCount = 1
		return found, nil
	}
	last, err := s.newest(ctx, metaOf(stream))
	if err == nil && last != nil {
		found.metadata = parseMetadata(last.Data, last.Revision)
	}
	return found, err
}

// tombstoned reports whether the stream's own last record is a tombstone.
func (s *store) tombstoned(ctx context.Context, stream string) (bool, error) {
	records, _, err := s.pages.page(ctx, pageOfOne+forwards, 1, stream, int64(tombstone), int64(1))
	return len(records) > 0, err
}

// newest returns the last event of a stream, or nil when there is none.
func (s *store) newest(ctx context.Context, stream string) (*Record, error) {
	records, err := s.stream(ctx, stream, tombstone-1, backwards, 1)
	if len(records) == 0 {
		return nil, err
	}
	return &records[0], err
}
