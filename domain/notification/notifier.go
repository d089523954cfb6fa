package notification

import (
	"time"

	"parley/domain"
)

// NotifierEvent is something that happened to an organization's notifier.
type NotifierEvent interface {
	domain.Event
	apply(*Notifier)
}

// NotifierTypes is the manifest of the notifier aggregate.
var NotifierTypes = []domain.Type{domain.Of[Resumed](), domain.Of[Paused](), domain.Of[Restored]()}

// Resumed says that from here on source events are decided.
type Resumed struct {
	Organization string    `json:"organization"`
	At           time.Time `json:"at"`
}

// Paused says that from here on no source event is decided, now or later.
type Paused struct {
	Organization string    `json:"organization"`
	At           time.Time `json:"at"`
}

// Restored says that the log up to here comes from a backup: of what happened
// before, nobody is told any more, because the server that went on after the
// backup may have told them.
type Restored struct {
	Organization string    `json:"organization"`
	At           time.Time `json:"at"`
}

// EventType implements domain.Event.
func (Resumed) EventType() string { return "notifier.resumed.v1" }

// EventType implements domain.Event.
func (Paused) EventType() string { return "notifier.paused.v1" }

// EventType implements domain.Event.
func (Restored) EventType() string { return "notifier.restored.v1" }

// Notifier tells whether an organization's source events are decided.
type Notifier struct{ Running bool }

// NotifierAggregate tells how notifiers are stored.
var NotifierAggregate = domain.Aggregate[Notifier, NotifierEvent]{
	Name:    "notifier",
	Types:   NotifierTypes,
	Version: 2,
	Apply:   func(n *Notifier, e NotifierEvent) { e.apply(n) },
	Copy:    func(n *Notifier) *Notifier { m := *n; return &m },
	Size:    func(*Notifier) int { return 64 },
}

// NotifierStream returns the name of the stream of an organization's notifier.
func NotifierStream(organization string) string {
	return domain.Stream(NotifierAggregate.Name, domain.DeriveID(organization))
}

// Resume starts deciding. Nothing happens when the notifier runs.
func (n *Notifier) Resume(organization string, now time.Time) ([]NotifierEvent, error) {
	if n.Running {
		return nil, nil
	}
	return []NotifierEvent{Resumed{Organization: organization, At: now}}, nil
}

// Pause stops deciding. Nothing happens when the notifier does not run.
func (n *Notifier) Pause(organization string, now time.Time) ([]NotifierEvent, error) {
	if !n.Running {
		return nil, nil
	}
	return []NotifierEvent{Paused{Organization: organization, At: now}}, nil
}

// Restore gives up what is still to be told.
func (n *Notifier) Restore(organization string, now time.Time) ([]NotifierEvent, error) {
	return []NotifierEvent{Restored{Organization: organization, At: now}}, nil
}

func (Resumed) apply(n *Notifier) { n.Running = true }

func (Paused) apply(n *Notifier) { n.Running = false }

func (Restored) apply(*Notifier) {}
