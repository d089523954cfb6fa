// Package notification is the decision what email follows from one source
// event, and the course of its delivery: a stream per source event, whose first
// event names every recipient, and says of everybody else why they get nothing.
// It is appended to a new stream only, so a source event is decided once.
//
// Each recipient then goes this way, all on the same stream:
//
//	          claim                 sent
//	pending ─────────▶ attempting ───────▶ sent
//	   ▲ │                │   │
//	   │ │ too old        │   │ refused, or tried often enough
//	   │ └───────────┐    │   └──────────▶ dropped
//	   └─────────────┼────┘ failed             ▲
//	                 └─────────────────────────┘
//
// A claim is an append at the exact revision, so of two dispatchers one gets
// it. Crash points: before the claim nothing was sent; between the claim and
// its outcome the mail may have been sent, and after [ClaimTimeout] it is tried
// again under the same Message-ID.
//
// The notifier aggregate says since when notifications are decided at all: not
// while no mail server is configured.
package notification
