package queries

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain/attachment"
)

const (
	dueBlobsSQL = `select organization, attachment, blob from attachments.blobs
where used is null and since <= $1 order by since, blob limit $2`
	nextBlobSQL = `select since from attachments.blobs where used is null and since > $1 order by since limit 1`
)

// AttachmentQueue answers what the clean-up of files waits for, over all
// organizations. It implements attachment.Queue.
type AttachmentQueue struct{ Sources }

// Due implements attachment.Queue.
func (q AttachmentQueue) Due(ctx context.Context, since time.Time, limit int) ([]attachment.Due, error) {
	var all []attachment.Due
	for row, err := range q.DB.Query(ctx, dueBlobsSQL, since.UnixMicro(), limit) {
		var d attachment.Due
		var id, blob string
		if err == nil {
			err = row.Scan(&d.Organization, &id, &blob)
		}
		if err != nil {
			return nil, fmt.Errorf("read blobs that are due: %w", classified(err))
		}
		d.Attachment, d.Blob = uuid.MustParse(id), uuid.MustParse(blob)
		all = append(all, d)
	}
	return all, nil
}

// Next implements attachment.Queue.
func (q AttachmentQueue) Next(ctx context.Context, since time.Time) (time.Time, error) {
	for row, err := range q.DB.Query(ctx, nextBlobSQL, since.UnixMicro()) {
		var at int64
		if err == nil {
			err = row.Scan(&at)
		}
		if err != nil {
			return time.Time{}, fmt.Errorf("read next blob that is due: %w", classified(err))
		}
		return timeOf(at), nil
	}
	return time.Time{}, nil
}
