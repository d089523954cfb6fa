package commands

import "parley/domain/idempotence"

// Receipt and Receipts are the port to older receipts.
type (
	Receipt  = idempotence.Receipt
	Receipts = idempotence.Receipts
)
