package settings_test

import (
	"testing"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/domaintest"
	"parley/domain/settings"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	domaintest.Golden(t, settings.Types,
		settings.SwitchedOff{Organization: "acme"},
		settings.SwitchedOn{Organization: "acme"},
		settings.WorkflowChanged{Organization: "acme", WorkflowChange: settings.WorkflowChange{
			Enabled: new(false), AutoCloseAfter: new(int64(86400)), ReopenOnCustomerReply: new(true),
			CustomersMayClose: new(true), CustomersMayReopen: new(true),
		}},
		settings.LimitsChanged{Organization: "acme", LimitsChange: settings.LimitsChange{
			MessageBytes: new(int64(65536)), EditWindow: new(int64(60)), AttachmentBytes: new(int64(1 << 20)),
			AttachmentTypes: &[]string{"image/*", "application/pdf"}, CommandsPerSecond: new(int64(50)), Burst: new(int64(100)),
		}},
		settings.RoleDefined{
			Organization: "acme", ID: "lead", Kind: domain.KindUser, View: access.System, Create: access.Own,
			Edit: access.UnitAndBelow, Delete: access.Own, Assign: access.Unit,
			Transitions: true, ActAs: true, Internal: true, Administer: true, AddToViewed: true,
		},
		settings.RoleRemoved{Organization: "acme", ID: "lead"},
	)
}
