package httpapi

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"parley/domain"
)

// What one address may do that nobody is signed in for: begin to sign in, come back
// from the provider, and fail, so much of each. People may share an address with
// strangers: who fails holds back neither who signs in there nor who is signed in.
const (
	strangersPerSecond = 20
	strangersBurst     = 200
)

// rates keeps people and addresses to what they may do. It counts on this
// instance alone. Without rates, nothing is held back.
type rates struct {
	people   *buckets
	failures *buckets // by address, as are the following
	begun    *buckets
	finished *buckets
	streams  *openStreams
}

func newRates(on bool) *rates {
	if !on {
		return nil
	}
	return &rates{people: newBuckets(), failures: newBuckets(), begun: newBuckets(), finished: newBuckets(), streams: &openStreams{of: map[string]int{}}}
}

// hold counts what is limited: commands by person, and signing in by address.
func (a *api) hold(op operation, c *call) error {
	switch {
	case a.rates == nil:
		return nil
	case op.needs == noIdentity && op.tag == tagAuth:
		return holdAddress(a.signInBuckets(op, c.r), c.r)
	case op.command && c.actor.Person != domain.System:
		return a.holdPerson(c)
	}
	return nil
}

// holdPerson counts a command of the caller, by the limits of their organization.
// What is too much is not refused here, but where the contract's order places
// it: a command that would be refused anyway says why, and a repetition answers
// as the first did. Each part of a mass command counts as one.
func (a *api) holdPerson(c *call) error {
	set, err := a.config.Directory.SettingsOf(c.r.Context(), c.actor.Organization)
	if err != nil {
		return err
	}
	key := c.actor.Organization + "\x00" + c.actor.Person.String()
	c.hold = func() error {
		return tooMany(a.rates.people.take(key, time.Now(), set.Limits.CommandsPerSecond, set.Limits.Burst))
	}
	c.held = c.hold()
	return nil
}

// signInBuckets are where a step of signing in counts. To come back without having
// begun is to fail.
func (a *api) signInBuckets(op operation, r *http.Request) *buckets {
	switch {
	case op.id == beginSignInID:
		return a.rates.begun
	case a.config.SignIn != nil && a.config.SignIn.Begun(r):
		return a.rates.finished
	}
	return a.rates.failures
}

// holdAddress counts what an address does without anybody being signed in.
func holdAddress(of *buckets, r *http.Request) error {
	return tooMany(of.take(network(remoteAddress(r)), time.Now(), strangersPerSecond, strangersBurst))
}

// unknown is the refusal of a request by nobody who is known.
func (a *api) unknown(r *http.Request, refusal error) error {
	if a.rates == nil || domain.CodeOf(refusal) != domain.CodeUnauthenticated {
		return refusal
	}
	return firstOf(holdAddress(a.rates.failures, r), refusal)
}

func tooMany(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return &domain.Error{
		Code: codeRateLimited, RetryAfter: wait,
		Message: "These are too many requests in a short time; wait for as long as the Retry-After header says, or for some seconds, and go on slower.",
	}
}

// network is the address, or, of IPv6, the network that one site has.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	site, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return site.String()
}

// buckets is a token bucket for each key: at first full, with so many tokens as
// may be taken at once, and filled by so many a second. It is safe for concurrent
// use.
type buckets struct {
	mu   sync.Mutex
	all  map[string]*rate.Limiter
	room int // how many there may be before the full ones are let go of
}

// Buckets that are kept: a few are never looked through, and of more than most
// none is, since whoever makes so many makes them up.
const (
	fewBuckets  = 1 << 10
	mostBuckets = 1 << 16
)

func newBuckets() *buckets {
	return &buckets{all: map[string]*rate.Limiter{}, room: fewBuckets}
}

// take takes a token of the key, or returns after how long there is one.
func (b *buckets) take(key string, now time.Time, perSecond, burst int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.all[key]
	if !ok {
		b.makeRoom(now)
		l = rate.NewLimiter(rate.Limit(perSecond), burst)
		b.all[key] = l
	}
	if l.Limit() != rate.Limit(perSecond) || l.Burst() != burst {
		l.SetLimitAt(now, rate.Limit(perSecond))
		l.SetBurstAt(now, burst)
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// makeRoom lets go of full buckets, which are as new ones are.
func (b *buckets) makeRoom(now time.Time) {
	if len(b.all) < b.room {
		return
	}
	for key, l := range b.all {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(b.all, key)
		}
	}
	if len(b.all) >= mostBuckets {
		clear(b.all)
	}
	b.room = max(fewBuckets, 2*len(b.all))
}
