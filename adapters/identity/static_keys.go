package identity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/go-jose/go-jose/v4"
)

// minRSA is the length in bits of the shortest RSA key that is believed (RFC
// 7518, section 3.3).
const minRSA = 2048

// StaticKeys are the public keys of a file. They are read once.
type StaticKeys struct {
	keys   []crypto.PublicKey
	proofs proofs
}

// ReadStaticKeys reads the PEM public keys of a file. Errors say what is wrong
// with it.
func ReadStaticKeys(file string) (*StaticKeys, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read jwt keys: %w", err)
	}
	var keys []crypto.PublicKey
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read jwt keys: %s holds something that is no public key: %w", file, err)
		}
		if !isBelieved(key) {
			return nil, fmt.Errorf("read jwt keys: %s holds a key that is neither RSA of %d bits, ECDSA nor Ed25519", file, minRSA)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("read jwt keys: %s holds no PEM public key", file)
	}
	return &StaticKeys{keys: keys}, nil
}

// Verify implements Keys.
func (s *StaticKeys) Verify(_ context.Context, token string, signed *jose.JSONWebSignature) ([]byte, error) {
	payload, ok := s.proofs.verify(token, signed, func() ([]byte, bool) { return s.prove(signed) })
	if !ok {
		return nil, errToken
	}
	return payload, nil
}

func (s *StaticKeys) prove(signed *jose.JSONWebSignature) ([]byte, bool) {
	for _, key := range s.keys {
		if payload, err := signed.Verify(key); err == nil {
			return payload, true
		}
	}
	return nil, false
}

// isBelieved reports whether a key is public and of a kind that signs with one of
// the algorithms.
func isBelieved(key any) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() >= minRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}
