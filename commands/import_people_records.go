package commands

import (
	"context"

	"parley/domain"
	"parley/domain/directory"
)

func (h ImportLineHandler) person(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line struct {
		Kind                string   `json:"kind"`
		ID                  string   `json:"id"`
		PersonKind          string   `json:"person_kind"`
		Name                string   `json:"name"`
		Email               string   `json:"email"`
		Organization        string   `json:"organization"`
		BusinessUnit        string   `json:"business_unit"`
		Customer            string   `json:"customer"`
		SalesRepresentative string   `json:"sales_representative"`
		Groups              []string `json:"groups"`
		Roles               []string `json:"roles"`
		Locale              string   `json:"locale"`
		Enabled             *bool    `json:"enabled"`
	}
	req := c.request(&line, &line.Organization, func(p *domain.Problems) {
		p.At("/id", domain.CheckID(line.ID))
		if !domain.Kind(line.PersonKind).IsPerson() {
			p.At("/person_kind", "must be user or customer_user")
		}
	})
	if err := domain.Invalid(req.Shape...); err != nil {
		return ImportAnswer{}, err
	}
	a, err := MirrorPersonHandler{h.Directory}.Handle(ctx, MirrorPerson{Request: req, Value: directory.PersonMirrored{
		Kind: domain.Kind(line.PersonKind), ID: line.ID, Name: line.Name, Email: line.Email, Locale: line.Locale,
		BusinessUnit: line.BusinessUnit, Customer: line.Customer, SalesRepresentative: line.SalesRepresentative,
		Groups: line.Groups, Roles: line.Roles, Enabled: line.Enabled == nil || *line.Enabled,
	}})
	return mirrored(line.ID, a, err)
}

func (h ImportLineHandler) record(ctx context.Context, c ImportLine) (ImportAnswer, error) {
	var line struct {
		Kind         string `json:"kind"`
		Type         string `json:"type"`
		ID           string `json:"id"`
		Label        string `json:"label"`
		URL          string `json:"url"`
		Organization string `json:"organization"`
		CustomerUser string `json:"customer_user"`
		Customer     string `json:"customer"`
		Owner        string `json:"owner"`
	}
	req := c.request(&line, &line.Organization, func(p *domain.Problems) { p.At("/id", domain.CheckID(line.ID)) })
	a, err := MirrorRecordHandler{h.Directory}.Handle(ctx, MirrorRecord{Request: req, Value: directory.RecordMirrored{
		Type: line.Type, ID: line.ID, Label: line.Label, URL: line.URL,
		CustomerUser: line.CustomerUser, Customer: line.Customer, Owner: line.Owner,
	}})
	if domain.CodeOf(err) == domain.CodeNotFound {
		err = domain.Invalid(domain.FieldError{Pointer: "/type", Detail: "is not a registered record type"})
	}
	return mirrored(line.ID, a, err)
}
