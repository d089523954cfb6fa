package httpapi

import (
	"time"

	"parley/domain"
	"parley/queries"
)

// RecordActivities is a page of the conversations about a record, and on the first
// page what is left of those that are gone.
type RecordActivities struct {
	Page[ListedConversation]
	Removed []RemovedConversation `json:"removed" doc:"The last ones that somebody took out of the event store itself, newest first; on the first page, for those who may view all conversations."`
}

// RemovedConversation is what is left of a conversation that was taken out of the
// event store: it has no name and no id any more.
type RemovedConversation struct {
	At     time.Time `json:"at" doc:"When it was removed, or when that was noticed."`
	By     Person    `json:"by" doc:"The system: the event store does not say who it was."`
	Reason string    `json:"reason" enum:"removed by the event store's operator"`
}

func removedShape(r queries.RemovedConversation) RemovedConversation {
	return RemovedConversation{
		At: r.At, By: Person{Kind: domain.System.Kind, ID: domain.System.ID, Name: domain.System.ID},
		Reason: "removed by the event store's operator",
	}
}

func (a *api) getRecordActivities() operation {
	op := answering[RecordActivities](operation{
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
		return answer{status: 200, body: RecordActivities{
			Page: pageOf(result.Items, result.NextCursor, a.listedShape(c.actor)), Removed: shown(result.Removed, removedShape),
		}}, nil
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
