package domain

import (
	"time"

	"github.com/google/uuid"
)

// Channel says through which door a command came.
type Channel string

// The channels of the HTTP contract.
const (
	ChannelAPI        Channel = "api"
	ChannelWeb        Channel = "web"
	ChannelStorefront Channel = "storefront"
	ChannelEmail      Channel = "email"
	ChannelImport     Channel = "import"
	ChannelSystem     Channel = "system"
)

// Meta is stored beside every event: who did it, on whose behalf, in which
// organization, through which command and channel, from where and when. Time is
// the clock of the command, fixed once per command, UTC in microseconds; an
// imported event's own time stands in its data. CommandID is random and new with
// each execution, also of a request that is sent again. Key and Fingerprint are those
// of an idempotent request, and empty otherwise; they are its receipt.
type Meta struct {
	Actor         Person    `json:"actor"`
	OnBehalfOf    *Person   `json:"on_behalf_of,omitempty"`
	Organization  string    `json:"organization"`
	CommandID     uuid.UUID `json:"command_id"`
	CorrelationID uuid.UUID `json:"$correlationId"`
	CausationID   uuid.UUID `json:"$causationId"`
	Channel       Channel   `json:"channel"`
	RemoteAddress string    `json:"remote_address,omitempty"`
	Time          time.Time `json:"time"`
	Key           string    `json:"key,omitempty"`
	Fingerprint   string    `json:"fingerprint,omitempty"`
}

// Now returns the current time as it is stored: UTC, in whole microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
