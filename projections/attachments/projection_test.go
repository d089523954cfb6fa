package attachments_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/attachment"
	"parley/projections/attachments"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestAttachments_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	manifests := append([][]domain.Type{attachment.Types}, worldtest.Manifests...)
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := tell(seed, worldtest.NewWithLosses(seed, 100))
			tables := projectiontest.Run(t, attachments.Projection, manifests, s.events...)
			got := tables.Select("blobs", "organization, blob, attachment, conversation, since, used")
			if diff := cmp.Diff(s.wantBlobs(), got); diff != "" {
				t.Errorf("blobs differ (-fold +rows):\n%s", diff)
			}
		})
	}
}

// wantBlobs returns a row for each blob that may be in the store.
func (s *story) wantBlobs() (out []string) {
	for _, f := range s.files {
		for _, b := range f.state.Blobs {
			conversation, since, used := "NULL", b.Begun.UnixMicro(), "NULL"
			if f.state.File != nil && f.state.File.Blob == b.ID {
				conversation, since, used = f.use()
			}
			if b.Discarded {
				since = 0
			}
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%d|%s", f.organization, b.ID, f.id, conversation, since, used))
		}
	}
	slices.Sort(out)
	return out
}

// use returns what the row of an uploaded file's blob says of its use. A purge
// lets go of what it finds; who holds the file, or releases it, comes behind it.
func (f *file) use() (conversation string, since int64, used string) {
	conversation, since, used = "NULL", f.state.Since.UnixMicro(), "NULL"
	if f.heldFor == nil {
		return conversation, since, used
	}
	purged, is := f.story.purged[*f.heldFor]
	if is && purged > f.touched {
		since = 0
	}
	if f.said && !is {
		used = "true"
	}
	return f.heldFor.String(), since, used
}
