package commands

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/directory"
	"parley/domain/eventlog"
)

// ImportLine brings in one line of an import file, an object whose member kind
// says what it is. Lines come in the order of dependence; those that do not
// depend on each other may be handled at the same time.
type ImportLine struct {
	Request
	// Read fills the struct that it is given from the line, by the names of its
	// json tags, and returns everything in the line that does not fit.
	Read func(into any) []domain.FieldError
	// Content is the same for lines that say the same, and only for them.
	Content string
}

// ImportAnswer is what became of a line. ID is that of the conversation, or the
// outside id of what is mirrored.
type ImportAnswer struct {
	Change   Change
	ID       string
	Position eventlog.Position
}

// importPatience is how long an outage may last before lines fail. Nobody waits
// for a single line, and one that was stored unheard must not seem unchanged.
const importPatience = time.Minute

// ImportLineHandler handles [ImportLine].
type ImportLineHandler struct{ Conversations }

// Handle brings the line in. It needs the permission to administer; the operator
// of the installation brings lines into the organizations that they name. Errors:
// those of mirroring and of [ImportConversation]; what they say of a place
// stands for the place in the line.
func (h ImportLineHandler) Handle(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	if !c.Actor.Administer {
		return ImportAnswer{}, forbidden()
	}
	c.Channel, c.Key, c.IfMatch, c.Patience = domain.ChannelImport, "", nil, importPatience
	var head struct {
		Kind         string `json:"kind"`
		Organization string `json:"organization"`
	}
	c.Read(&head) // what does not fit is said when the kind is known
	if c.Actor.OfInstallation() {
		c.Actor = access.SystemActor(head.Organization)
	}
	switch head.Kind {
	case "record_type":
		return h.recordType(ctx, c)
	case "customer":
		return h.customer(ctx, c)
	case "business_unit":
		return h.businessUnit(ctx, c)
	case "person":
		return h.person(ctx, c)
	case "record":
		return h.record(ctx, c)
	case "conversation":
		return h.conversation(ctx, c)
	}
	return ImportAnswer{}, domain.Invalid(domain.FieldError{
		Pointer: "/kind", Detail: "must be record_type, customer, business_unit, person, record or conversation",
	})
}

// request reads the line and returns the request for what it says. own says what
// is besides wrong with it.
func (c ImportLine) request(into any, organization *string, own func(p *domain.Problems)) Request {
	var p domain.Problems
	p.Merge(c.Read(into))
	if *organization != c.Actor.Organization {
		p.Merge([]domain.FieldError{{Pointer: "/organization", Detail: "must be the organization that you import into"}})
	}
	var found domain.Problems
	found.At("/organization", domain.CheckID(*organization))
	own(&found)
	p.Merge(found)
	req := c.Request
	req.Shape = p
	return req
}

func mirrored(id string, a MirrorAnswer, err error) (ImportAnswer, error) {
	return ImportAnswer{Change: a.Change, ID: id, Position: a.Position}, err
}

func (h ImportLineHandler) recordType(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line struct {
		Kind         string `json:"kind"`
		Type         string `json:"type"`
		Label        string `json:"label"`
		Organization string `json:"organization"`
	}
	req := c.request(&line, &line.Organization, func(p *domain.Problems) { p.At("/type", domain.CheckID(line.Type)) })
	a, err := MirrorRecordTypeHandler{h.Directory}.Handle(ctx, MirrorRecordType{
		Request: req, Value: directory.RecordTypeMirrored{Type: line.Type, Label: line.Label},
	})
	return mirrored(line.Type, a, err)
}

// node is a line about a customer or a business unit.
type node struct {
	Kind         string `json:"kind"`
	ID           string `json:"id"`
	Name         string `json:"name"`
	Parent       string `json:"parent"`
	Organization string `json:"organization"`
}

func (h ImportLineHandler) customer(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line node
	req := c.request(&line, &line.Organization, func(p *domain.Problems) { p.At("/id", domain.CheckID(line.ID)) })
	a, err := MirrorCustomerHandler{h.Directory}.Handle(ctx, MirrorCustomer{
		Request: req, Value: directory.CustomerMirrored{ID: line.ID, Name: line.Name, Parent: line.Parent},
	})
	return mirrored(line.ID, a, err)
}

func (h ImportLineHandler) businessUnit(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line node
	req := c.request(&line, &line.Organization, func(p *domain.Problems) { p.At("/id", domain.CheckID(line.ID)) })
	a, err := MirrorBusinessUnitHandler{h.Directory}.Handle(ctx, MirrorBusinessUnit{
		Request: req, Value: directory.BusinessUnitMirrored{ID: line.ID, Name: line.Name, Parent: line.Parent},
	})
	return mirrored(line.ID, a, err)
}
