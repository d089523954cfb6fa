package httpapi

import (
	"parley/commands"
	"parley/domain"
	"parley/domain/directory"
)

type recordValue struct {
	Label        string `json:"label" maxLength:"255"`
	URL          string `json:"url,omitempty" maxLength:"2048" doc:"http or https, or a path on the commerce system's site."`
	CustomerUser string `json:"customer_user,omitempty"`
	Customer     string `json:"customer,omitempty"`
	Owner        string `json:"owner,omitempty"`
}

func (v recordValue) of(r domain.Record) directory.RecordMirrored {
	return directory.RecordMirrored{
		Type: r.Type, ID: r.ID, Label: v.Label, URL: v.URL, CustomerUser: v.CustomerUser, Customer: v.Customer, Owner: v.Owner,
	}
}

type recordTypeValue struct {
	Label string `json:"label" maxLength:"255"`
}

func (a *api) mirrorRecord() operation {
	op := mirroring("PUT", "/v1/records/{type}/{id}", "mirror-record", "Tell how a record is now")
	return command(op, rightToAdminister, func(c *call, body recordValue, req commands.Request) (answer, error) {
		record, err := c.record("type", "id")
		if err != nil {
			return answer{}, err
		}
		return mirrored(a.config.Commands.MirrorRecord.Handle(c.r.Context(), commands.MirrorRecord{Request: req, Value: body.of(record)}))
	})
}

func (a *api) removeRecord() operation {
	op := mirroring("DELETE", "/v1/records/{type}/{id}", "remove-record", "Tell that a record is no longer there")
	return command(op, rightToAdminister, func(c *call, _ none, req commands.Request) (answer, error) {
		record, err := c.record("type", "id")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemoveRecord.Handle(c.r.Context(), commands.RemoveRecord{Request: req, Record: record}))
	})
}

func (a *api) mirrorRecordType() operation {
	op := mirroring("PUT", "/v1/record-types/{type}", "mirror-record-type", "Register a type of records")
	return command(op, rightToAdminister, func(c *call, body recordTypeValue, req commands.Request) (answer, error) {
		id, err := c.id("type")
		if err != nil {
			return answer{}, err
		}
		value := directory.RecordTypeMirrored{Type: id, Label: body.Label}
		return mirrored(a.config.Commands.MirrorRecordType.Handle(c.r.Context(), commands.MirrorRecordType{Request: req, Value: value}))
	})
}

func (a *api) removeRecordType() operation {
	op := mirroring("DELETE", "/v1/record-types/{type}", "remove-record-type", "Take a type of records back")
	return command(op, rightToAdminister, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.id("type")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RemoveRecordType.Handle(c.r.Context(), commands.RemoveRecordType{Request: req, Type: id}))
	})
}
