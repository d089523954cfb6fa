package httpapi

import (
	"parley/domain"
	"parley/queries"
)

func (a *api) getRecordActivities() operation {
	op := answering[Page[Conversation]](operation{
		method: "GET", path: "/v1/records/{type}/{id}/activities", id: "get-record-activities", tag: tagRecords,
		summary: "List the conversations about a record or a person, newest update first", success: 200,
	})
	return query(op, rightToViewRecord, func(c *call, p paging) (answer, error) {
		record, err := c.record("type", "id")
		if err != nil {
			return answer{}, err
		}
		result, err := a.config.Queries.RecordActivities.Handle(c.r.Context(), queries.RecordActivities{
			Actor: c.actor, Record: record, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, a.conversationShape(c.actor)), nil
	})
}

// record returns the record that two path parameters name.
func (c *call) record(typeName, idName string) (domain.Record, error) {
	recordType, err := c.id(typeName)
	if err != nil {
		return domain.Record{}, err
	}
	id, err := c.id(idName)
	return domain.Record{Type: recordType, ID: id}, err
}
