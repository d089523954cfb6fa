package httpapi

import (
	"parley/domain"
	"parley/queries"
)

type peopleParameters struct {
	Kind []domain.Kind `query:"kind" enum:"user,customer_user"`
	Text string        `query:"q" doc:"Part of name or id, in any case."`
	paging
}

func (a *api) listPeople() operation {
	op := answering[Page[Person]](operation{
		method: "GET", path: "/v1/people", id: "list-people", tag: tagPeople,
		summary: "Look people up that the caller may view", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p peopleParameters) (answer, error) {
		result, err := a.config.Queries.People.Handle(c.r.Context(), queries.People{
			Actor: c.actor, Kind: p.Kind, Text: p.Text, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, personShape), nil
	})
}

type recordsParameters struct {
	Type []string `query:"type"`
	Text string   `query:"q" doc:"Part of label or id, in any case."`
	paging
}

func (a *api) listRecords() operation {
	op := answering[Page[Record]](operation{
		method: "GET", path: "/v1/records", id: "list-records", tag: tagRecords,
		summary: "Look records up that the caller may view", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p recordsParameters) (answer, error) {
		result, err := a.config.Queries.Records.Handle(c.r.Context(), queries.Records{
			Actor: c.actor, Type: p.Type, Text: p.Text, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, recordShape), nil
	})
}

func (a *api) getRecord() operation {
	op := answering[RecordDetails](operation{
		method: "GET", path: "/v1/records/{type}/{id}", id: "get-record", tag: tagRecords,
		summary: "Read one record", success: 200,
	})
	return query(op, rightToViewRecord, func(c *call, _ struct{}) (answer, error) {
		record, err := c.record("type", "id")
		if err != nil {
			return answer{}, err
		}
		r, err := a.config.Queries.RecordView.Handle(c.r.Context(),
			queries.RecordView{Actor: c.actor, Record: record, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: RecordDetails{
			Record: recordShape(r.Record), CustomerUser: perhaps(r.CustomerUser, personShape),
			Customer: perhaps(r.Customer, customerShape), Owner: perhaps(r.Owner, personShape),
		}}, nil
	})
}

func (a *api) listRecordTypes() operation {
	op := answering[Page[RecordType]](operation{
		method: "GET", path: "/v1/record-types", id: "list-record-types", tag: tagRecords,
		summary: "List the registered types of records", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p paging) (answer, error) {
		result, err := a.config.Queries.RecordTypes.Handle(c.r.Context(),
			queries.RecordTypes{Actor: c.actor, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, recordTypeShape), nil
	})
}
