package eventlog

// Receipt tells what an idempotent command wrote: the run of events in one
// stream, the position of the last one, and the fingerprint of the request.
type Receipt struct {
	Stream      string
	Fingerprint string
	First, Last Revision
	Position    Position
}
