package commands

import (
	"context"
	"slices"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/settings"
)

// ChangeSettings changes what is set in the actor's organization.
type ChangeSettings struct {
	Request
	Change settings.Change
}

// SettingsAnswer is what is set in an organization. Changes counts the events
// that made it so, and is what If-Match names; Position is that of the command,
// and 0 when nothing was commanded.
type SettingsAnswer struct {
	settings.Values
	Changes  eventlog.Revision
	Position eventlog.Position
}

// ChangeSettingsHandler handles [ChangeSettings].
type ChangeSettingsHandler struct{ Directory *Directory }

// Handle sets what differs. It needs the permission to administer, which the
// change must leave to the actor. Errors: that, invalid with all field errors,
// precondition_failed.
func (h ChangeSettingsHandler) Handle(ctx context.Context, c ChangeSettings) (SettingsAnswer, error) {
	organization := c.Actor.Organization
	out, err := h.Directory.Settings.Update(ctx, settings.ID(organization), c.Request, func(l Loaded[settings.Settings]) ([]settings.Event, error) {
		if !c.Actor.Administer || c.Actor.OfInstallation() {
			return nil, forbidden()
		}
		problems := domain.Problems(slices.Clone(c.Shape))
		problems.Merge(l.State.Check(c.Change, c.Actor))
		if err := problems.Err(); err != nil {
			return nil, err
		}
		if err := c.IfMatch.Check(changes(l.Revision)); err != nil {
			return nil, err
		}
		return l.State.Change(c.Change, organization), nil
	})
	if err != nil {
		return SettingsAnswer{}, err
	}
	return SettingsAnswer{Values: out.State.Values(), Changes: changes(out.Revision), Position: out.Position}, nil
}

// changes counts the events of a stream: settings are there before the first.
func changes(r eventlog.Revision) eventlog.Revision { return r + 1 }

// SettingsOf returns what is set in the organization.
func (d *Directory) SettingsOf(ctx context.Context, organization string) (a SettingsAnswer, err error) {
	err = d.Settings.View(ctx, settings.ID(organization), func(l Loaded[settings.Settings]) {
		a = SettingsAnswer{Values: l.State.Values(), Changes: changes(l.Revision)}
	})
	return a, err
}
