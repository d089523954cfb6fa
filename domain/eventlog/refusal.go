package eventlog

import (
	"fmt"
	"time"
)

// Refusal is why a store that can be reached does not do what it is asked for.
// Waiting does not mend it: somebody has to change something.
type Refusal string

// The refusals.
const (
	RefusedCredentials Refusal = "credentials" // not known, wrong, or missing
	RefusedRights      Refusal = "rights"      // known, and not allowed
	RefusedCertificate Refusal = "certificate" // one side does not trust the other's
	RefusedAddress     Refusal = "address"     // what answers there is no event store, or has no such name
	RefusedWrites      Refusal = "writes"      // the store takes none
	RefusedVersion     Refusal = "version"     // too old for what is needed
	RefusedCall        Refusal = "call"        // anything else that is no known outage
)

// Advice says what to do about a refusal. It names no stream, user or address, so
// anybody may read it.
func (r Refusal) Advice() string {
	switch r {
	case RefusedCredentials:
		return "the event store refuses the credentials: correct user and password in its connection string"
	case RefusedRights:
		return "the event store refuses the rights: let the user read $all and write the streams that begin with parley_"
	case RefusedCertificate:
		return "the certificate of the event store is not trusted: name its authority in the connection string (tlsCaFile), or correct the host name"
	case RefusedAddress:
		return "no event store answers at the address: correct host and port of the connection string, or its tls setting"
	case RefusedWrites:
		return "the event store takes no writes: make its disk, its leader or its settings allow them"
	case RefusedVersion:
		return "the event store is too old: EventStoreDB 23.10 or later is needed"
	case RefusedCall:
	}
	return "the event store refuses what it is asked for: its log and that of this server say what"
}

// RefusedError is a refusal of a call. It wraps [ErrUnavailable], since the call is
// worth repeating once somebody has mended the cause.
type RefusedError struct {
	Refusal Refusal
	// Call is what was asked for, such as "subscribe to $all".
	Call string
	Err  error
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: %s: %v", e.Call, e.Refusal.Advice(), e.Err)
}

// Unwrap makes it an outage besides its cause.
func (e *RefusedError) Unwrap() []error { return []error{ErrUnavailable, e.Err} }

// Trouble is why a log does not serve, and since when. The error is a
// [*RefusedError] where it refuses, and wraps [ErrUnavailable] where it cannot be
// reached.
type Trouble struct {
	Since time.Time
	Err   error
}
