package identity

import (
	"crypto/sha256"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// maxProofs bounds how many tokens one set of keys remembers: a few hundred
// kilobytes of them.
const maxProofs = 10_000

// proofs remembers which tokens a set of keys was found to have signed, by their
// hashes. That never changes, so the signature of a token that comes with request
// after request is computed once. What may change is not in it: whether the keys
// are still believed, and whether the token is one of now and for us. The zero
// value is ready to use; it is safe for concurrent use, but belongs to one set of
// keys.
type proofs struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]struct{}
}

// verify returns what was signed if prove says so, or said so before of the same
// bytes.
func (p *proofs) verify(token string, signed *jose.JSONWebSignature, prove func() ([]byte, bool)) ([]byte, bool) {
	sum := sha256.Sum256([]byte(token))
	p.mu.Lock()
	_, proved := p.known[sum]
	p.mu.Unlock()
	if proved {
		return signed.UnsafePayloadWithoutVerification(), true
	}
	payload, ok := prove()
	if !ok {
		return nil, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxProofs {
		p.known = map[[sha256.Size]byte]struct{}{}
	}
	p.known[sum] = struct{}{}
	return payload, true
}
