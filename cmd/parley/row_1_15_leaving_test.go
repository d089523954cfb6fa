package main_test

import (
	"net/http"
	"testing"
)

func TestRow_1_15_what_is_on_no_message_in_time_is_removed(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, files.settings...)
		owner, at := p.as(anOwner), p.begin("waiting")
		kept := owner.upload("kept", "kept").want(http.StatusCreated)
		said := owner.post(at+"/messages", carrying("see", kept.id())).want(http.StatusCreated)
		lost := owner.upload("lost", "lost").want(http.StatusCreated)
		p.terminate()
		p.args = append(p.args, "--blobs-keep", "100ms") // time for no message but those that were sent
		p.start()
		eventually(t, startLimit, "what waits is removed", func() bool { return files.count() == 1 })
		owner.get(at+"/attachments/"+kept.id(), "Parley-Min-Position", said.position()).want(http.StatusOK)
		if got := owner.post(at+"/messages", carrying("late", lost.id())).outcome(); got != "422 /attachments/0" {
			t.Errorf("what was removed comes to %s", got)
		}
	})
}

func TestRow_1_15_a_purge_takes_the_files_along(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p, files := serve(t, stores), aFolder(t, stores)
		owner, admin, at, other := p.as(anOwner), p.as(anAdmin), p.begin("purged"), p.begin("kept")
		shown, redacted, kept := owner.upload("shown", "x").id(), owner.upload("redacted", "y").id(), owner.upload("kept", "z").id()
		owner.post(at+"/messages", carrying("see", redacted)).want(http.StatusCreated)
		owner.post(at+"/messages", carrying("see", shown)).want(http.StatusCreated)
		owner.post(other+"/messages", carrying("see", kept)).want(http.StatusCreated)
		admin.send(http.MethodDelete, at+"/messages/1", nil).want(http.StatusNoContent)
		admin.send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		purged := admin.post(at+"/purge", nil).want(http.StatusNoContent)
		since := []string{"Parley-Min-Position", purged.position()}
		for _, who := range []string{anOwner, aBuyer, anAdmin} {
			for _, file := range []string{shown, redacted} {
				p.as(who).get(at+"/attachments/"+file, since...).want(http.StatusNotFound)
			}
			p.as(who).get(other+"/attachments/"+shown, since...).want(http.StatusNotFound)
		}
		p.terminate()
		p.start() // which cleans up at once what would be in a minute
		eventually(t, startLimit, "the files of the purged conversation are gone", func() bool { return files.count() == 1 })
		owner.get(other+"/attachments/"+kept, since...).want(http.StatusOK)
		p.ask(t, []probe{
			{"what was purged", anOwner, "POST", other + "/messages", carrying("x", shown), nil, "422 /attachments/0"},
			{"what was redacted", anOwner, "POST", other + "/messages", carrying("x", redacted), nil, "422 /attachments/0"},
		})
	})
}
