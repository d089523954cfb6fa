package identity

import (
	"strconv"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func TestProofs_are_bounded_and_only_of_what_was_proved(t *testing.T) {
	t.Parallel()
	var p proofs
	asked, signed := 0, &jose.JSONWebSignature{}
	verify := func(token string, holds bool) bool {
		_, ok := p.verify(token, signed, func() ([]byte, bool) { asked++; return nil, holds })
		return ok
	}
	for range 2 {
		if verify("a", false) {
			t.Error("what was not proved is believed")
		}
	}
	if asked != 2 {
		t.Errorf("what was not proved was asked %d times, want twice", asked)
	}
	if !verify("a", true) || !verify("a", false) || asked != 3 {
		t.Errorf("what was proved was asked again: %d times in all, want 3", asked)
	}
	for i := range 2 * maxProofs {
		verify(strconv.Itoa(i), true)
	}
	if len(p.known) > maxProofs {
		t.Errorf("%d tokens are remembered, want at most %d", len(p.known), maxProofs)
	}
}
