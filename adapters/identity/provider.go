package identity

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"parley/domain"
)

// Times of a provider's keys.
const (
	// freshFor is how long keys are used before they are asked for again: for so
	// long, at most, a key is believed after it has gone.
	freshFor = time.Minute
	// staleFor is how long keys are used of a provider that does not answer.
	staleFor = time.Hour
	// pause is the time between two tries while old keys are in use.
	pause = 10 * time.Second
	// fetchLimit bounds one try.
	fetchLimit = 5 * time.Second
)

// Provider is an OpenID provider: its keys and addresses, found by discovery
// (OpenID Connect Discovery 1.0). It may be down at any time, at the start too:
// what needs it is then unavailable, and it is asked again when somebody needs
// it.
//
// A token that no known key has signed makes it be asked again, so a new key is
// good at once. How often is bounded whatever tokens come: five times in a row,
// then once in two seconds.
type Provider struct {
	issuer string
	client *http.Client
	flight singleflight.Group // one fetch for all who wait

	mu      sync.Mutex
	known   *published // nil until the provider has answered once
	due     time.Time  // when to ask again
	failure error      // of the last try, nil if it was answered
	budget  budget
	now     func() time.Time
}

// NewProvider returns the provider of the issuer's URL without asking it.
func NewProvider(issuer string) *Provider {
	return &Provider{issuer: issuer, client: newClient(), now: time.Now, budget: budget{most: 5, every: 2 * time.Second}}
}

// Verify implements Keys.
func (p *Provider) Verify(ctx context.Context, token string, signed *jose.JSONWebSignature) ([]byte, error) {
	known, due := p.state()
	if payload, ok := known.verify(token, signed); ok && !due {
		return payload, nil
	}
	fresh, err := p.ask(ctx, known)
	switch {
	case err == nil:
		if payload, ok := fresh.verify(token, signed); ok {
			return payload, nil
		}
		return nil, errToken
	case known == nil:
		return nil, err
	}
	if payload, ok := known.verify(token, signed); ok {
		return payload, nil // good when the provider was last heard of
	}
	if err == errAskedTooOften {
		return nil, errToken
	}
	return nil, err
}

// endpoint returns where people sign in and codes are exchanged.
func (p *Provider) endpoint(ctx context.Context) (oauth2.Endpoint, error) {
	known, _ := p.state()
	if known == nil {
		var err error
		if known, err = p.ask(ctx, nil); err != nil {
			return oauth2.Endpoint{}, err
		}
	}
	return known.endpoint, nil
}

// state returns what is known and not too old, and whether to ask again.
func (p *Provider) state() (known *published, due bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.known != nil && now.Sub(p.known.at) > staleFor {
		return nil, true
	}
	return p.known, now.After(p.due)
}

// errAskedTooOften is what a provider says that has been asked too often.
var errAskedTooOften = domain.Unavailable("The identity provider does not answer; try again in a moment.", 2*time.Second, nil)

// ask returns something newer than what the caller has seen. It waits no longer
// than the caller does, and less than a fetch may take.
func (p *Provider) ask(ctx context.Context, seen *published) (*published, error) {
	done := p.flight.DoChan("", func() (any, error) { return p.renew(seen) })
	select {
	case result := <-done:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*published), nil
	case <-ctx.Done():
		return nil, domain.Unavailable("The identity provider does not answer; try again in a moment.", 2*time.Second, ctx.Err())
	}
}

// renew fetches, unless somebody has since the caller looked.
func (p *Provider) renew(seen *published) (*published, error) {
	p.mu.Lock()
	former, now := p.known, p.now()
	switch {
	case former != nil && former != seen && now.Sub(former.at) < freshFor:
		p.mu.Unlock()
		return former, nil
	case !p.budget.take(now):
		defer p.mu.Unlock()
		if p.failure != nil {
			return nil, p.failure
		}
		return nil, errAskedTooOften
	}
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), fetchLimit)
	defer cancel()
	next, err := fetch(ctx, p.client, p.issuer)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.due = p.now().Add(pause)
		p.failure = domain.Unavailable("The identity provider does not answer; try again in a moment.", 2*time.Second, err)
		return nil, p.failure
	}
	next.at, p.failure = p.now(), nil
	p.known, p.due = next, next.at.Add(freshFor)
	return next, nil
}
