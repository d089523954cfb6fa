package commands_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/blobs"
	"parley/commands"
	"parley/domain"
	"parley/domain/attachment"
)

// What is recorded of a refused upload would itself use up the room that is kept.
func TestUpload_below_the_reserve_is_refused_unrecorded_and_all_else_goes_on(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, id, dir := filing(w), w.given(), t.TempDir()
	var err error
	if a.Blobs, err = blobs.Open(blobs.Config{Place: dir}); err != nil {
		t.Fatal(err)
	}
	used, waiting := uploaded(w, a), uploaded(w, a)
	if a.Blobs, err = blobs.Open(blobs.Config{Place: dir, Reserve: math.MaxInt64}); err != nil {
		t.Fatal(err)
	}
	upload := commands.UploadAttachment{Request: w.by(ada), Name: "a.txt", Content: strings.NewReader("words"), Size: -1}
	upload.Key = "once"
	_, err = commands.UploadAttachmentHandler{Attachments: a}.Handle(t.Context(), upload)
	wantCode(t, err, domain.CodeUnavailable)
	file := domain.DeriveID(acme, "attachment", string(ada.Kind), ada.ID, "once")
	if all := recorded(w, file); all != 0 {
		t.Errorf("%d events tell of what was refused", all)
	}
	if err := say(ada, withFile(used))(w, id); err != nil {
		t.Errorf("a message with a file that is there: %v", err)
	}
	if isKept(w, a, waiting, 0) || !isKept(w, a, used, 0) {
		t.Error("the clean-up does not go on")
	}
}

// recorded counts the events of a file.
func recorded(w *world, file uuid.UUID) (n int64) {
	w.Helper()
	err := w.Files.View(w.Context(), file, func(l commands.Loaded[attachment.Attachment]) { n = int64(l.Revision) + 1 })
	if err != nil {
		w.Fatal(err)
	}
	return n
}
