package commands

// Limits that tests work at.
const (
	RingSize      = ringSize
	SnapshotEvery = snapshotEvery
)

// Remember bounds the number of keys that are remembered.
func (k *Keys) Remember(limit int) { k.limit = limit }

// Cached returns how many entries the repository holds, and their bytes.
func (r *Repository[S, E]) Cached() (entries, bytes int) {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	return len(r.cache.entries), r.cache.bytes
}
