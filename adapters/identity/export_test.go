package identity

import "time"

// NewProviderAt is NewProvider by another clock.
func NewProviderAt(issuer string, now func() time.Time) *Provider {
	p := NewProvider(issuer)
	p.now = now
	return p
}
