package identity_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"parley/adapters/adaptertest/oidctest"
	"parley/adapters/identity"
	"parley/domain"
)

// anna is how a provider names her.
var anna = map[string]any{"sub": "anna", "kind": "user", "organization": "acme"}

// believing returns who takes a provider's tokens, and the clock by which its
// keys grow old.
func believing(t *testing.T, p *oidctest.Provider) (identity.Bearer, *clock) {
	t.Helper()
	c := &clock{now: time.Now()}
	provider := identity.NewProviderAt(p.Issuer, c.time)
	return identity.Bearer{Directory: known, Schemes: []identity.Scheme{identity.Tokens{
		Issuers: []identity.Issuer{{Name: p.Issuer, Audience: p.ClientID, Keys: provider}},
		Claims:  identity.DefaultClaims,
	}}}, c
}

// clock is a clock that goes as told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// wants fails the test unless the token is answered with the code, "" meaning
// that it is believed.
func wants(t *testing.T, b identity.Bearer, token string, code domain.Code, when string) {
	t.Helper()
	if _, err := bearer(t, b, token); domain.CodeOf(err) != code {
		t.Errorf("%s: got %v, want %q", when, err, code)
	}
}

func TestProvider_takes_a_new_key_at_once_and_an_old_one_no_longer(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	b, clock := believing(t, p)
	first := p.Token(anna)
	wants(t, b, first, "", "the first key")
	p.Rotate()
	wants(t, b, first, "", "the old key while its keys are fresh")
	second := p.Token(anna)
	wants(t, b, second, "", "the new key")
	wants(t, b, first, domain.CodeUnauthenticated, "the old key once the new one was seen")
	p.Rotate()
	clock.forward(2 * time.Minute)
	wants(t, b, second, domain.CodeUnauthenticated, "the old key once its keys are no longer fresh, without a new token")
}

// What a provider publishes is a key with an id and an algorithm; a token must be
// of that one.
func TestProvider_believes_its_key_only_under_its_id_and_algorithm(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	b, _ := believing(t, p)
	wants(t, b, p.TokenUnder("", "RS256", anna), "", "no id")
	for what, token := range map[string]string{
		"another id":                           p.TokenUnder("another", "RS256", anna),
		"an id that is a path":                 p.TokenUnder("../../etc/passwd", "RS256", anna),
		"an algorithm that is not published":   p.TokenUnder("", "PS256", anna),
		"an algorithm that is not on the list": p.TokenUnder("", "RS512", anna),
		"a stranger's key":                     sign(t, newKey(t), jose.ES256, claims("iss", p.Issuer, "aud", p.ClientID)),
	} {
		wants(t, b, token, domain.CodeUnauthenticated, what)
	}
}

func TestProvider_is_asked_once_for_many_and_seldom_for_unknown_keys(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	b, clock := believing(t, p)
	good := p.Token(anna)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { wants(t, b, good, "", "a good token") })
	}
	all.Wait()
	if n := p.Asked(); n != 1 {
		t.Errorf("asked %d times for 64 at once, want 1", n)
	}
	stranger := newKey(t)
	forge := func(n int) {
		forged := sign(t, stranger, jose.ES256, claims("iss", p.Issuer, "aud", p.ClientID), "kid", fmt.Sprint("unknown-", n))
		wants(t, b, forged, domain.CodeUnauthenticated, "an unknown key")
	}
	for n := range 500 {
		forge(n)
	}
	if n := p.Asked(); n > 5 {
		t.Errorf("asked %d times for 500 unknown keys, want at most 5", n)
	}
	clock.forward(20 * time.Second)
	for n := range 50 {
		forge(n)
	}
	if n := p.Asked(); n > 15 {
		t.Errorf("asked %d times in 20 s, want at most 15", n)
	}
	wants(t, b, good, "", "a good token meanwhile")
	p.Rotate()
	clock.forward(2 * time.Second)
	wants(t, b, p.Token(anna), "", "a new key in the midst of it")
}

func TestProvider_that_is_down_is_unavailable_and_comes_back(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	p.Become(oidctest.Down)
	b, clock := believing(t, p)
	token := p.Token(anna)
	for range 20 {
		wants(t, b, token, domain.CodeUnavailable, "down at the start")
	}
	wants(t, b, "nonsense", domain.CodeUnauthenticated, "nonsense, which nobody need be asked about")
	p.Become(oidctest.Up)
	clock.forward(2 * time.Second)
	wants(t, b, token, "", "up again")

	p.Become(oidctest.Down)
	clock.forward(30 * time.Minute)
	wants(t, b, token, "", "down for less than an hour, with a known key")
	p.Rotate()
	wants(t, b, p.Token(anna), domain.CodeUnavailable, "down, with an unknown key")
	clock.forward(time.Hour)
	wants(t, b, token, domain.CodeUnavailable, "down for more than an hour")
	p.Become(oidctest.Up)
	clock.forward(2 * time.Second)
	wants(t, b, token, domain.CodeUnauthenticated, "up again, with the old key")
	wants(t, b, p.Token(anna), "", "up again, with the new key")
}

func TestProvider_that_is_silent_holds_up_nobody_for_long(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	b, clock := believing(t, p)
	token := p.Token(anna)
	wants(t, b, token, "", "at first")
	p.Become(oidctest.Silent)
	clock.forward(2 * time.Minute)
	began := time.Now()
	for range 100 {
		wants(t, b, token, "", "silent, with a known key")
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("100 requests took %v", took)
	}
}

func TestTokens_of_keys_in_a_file_and_of_a_provider_are_taken_side_by_side(t *testing.T) {
	t.Parallel()
	p := oidctest.Start(t)
	key, other := newKey(t), newKey(t)
	b := identity.Bearer{Directory: known, Schemes: []identity.Scheme{
		identity.Demo{Organization: "acme"},
		identity.Tokens{Claims: identity.DefaultClaims, Issuers: []identity.Issuer{
			{Name: issuer, Audience: audience, Keys: staticKeys(t, key.Public())},
			{Name: p.Issuer, Audience: p.ClientID, Keys: identity.NewProvider(p.Issuer)},
			{Name: p.Issuer, Audience: "robots", Keys: staticKeys(t, other.Public())},
		}},
	}}
	wants(t, b, sign(t, key, jose.ES256, claims()), "", "a token of the file")
	wants(t, b, p.Token(anna), "", "a token of the provider")
	wants(t, b, sign(t, other, jose.ES256, claims("iss", p.Issuer, "aud", "robots")), "", "a token of the file in the provider's name")
	wants(t, b, sign(t, key, jose.ES256, claims("iss", p.Issuer, "aud", p.ClientID)), domain.CodeUnauthenticated, "one's key in the other's name")
	wants(t, b, "demo:user:anna", "", "a demo token")
	p.Become(oidctest.Down)
	wants(t, b, sign(t, key, jose.ES256, claims()), "", "a token of the file while the provider is down")
}
