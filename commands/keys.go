package commands

// Keys remembers the idempotency keys lately used in this instance.
type Keys struct{ older Receipts }

// NewKeys returns an empty memory; older answers for what it does not hold, and
// may be nil.
func NewKeys(older Receipts) *Keys { return &Keys{older: older} }
