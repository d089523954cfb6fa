package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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
		shown, redacted, kept := owner.upload("abracadabra", "x", "Idempotency-Key", "shown").id(), owner.upload("redacted", "y").id(), owner.upload("kept", "z").id()
		owner.post(at+"/messages", carrying("see", redacted)).want(http.StatusCreated)
		owner.post(at+"/messages", carrying("see", shown)).want(http.StatusCreated)
		owner.post(other+"/messages", carrying("see", kept)).want(http.StatusCreated)
		admin.send(http.MethodDelete, at+"/messages/1", nil).want(http.StatusNoContent)
		isTold := func() bool {
			return strings.Contains(admin.told(url.Values{}), "abracadabra")
		}
		if !isTold() {
			t.Error("the feed does not tell of the file at all")
		}
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
		eventually(t, startLimit, "the feed no longer tells what the file was called", func() bool { return !isTold() })
		if again := owner.upload("abracadabra", "x", "Idempotency-Key", "shown").outcome(); again != "409 conflict" {
			t.Errorf("the upload, repeated, comes to %s", again)
		}
		p.ask(t, []probe{
			{"what was purged", anOwner, "POST", other + "/messages", carrying("x", shown), nil, "422 /attachments/0"},
			{"what was redacted", anOwner, "POST", other + "/messages", carrying("x", redacted), nil, "422 /attachments/0"},
		})
	})
}

// Two instances put files on messages at the moment at which the clean-up of one
// of them takes what has waited too long: whichever is first, no message has a
// file that is gone, and no file is kept that is on none.
func TestRow_1_15_a_clean_up_never_takes_a_file_from_a_message(t *testing.T) {
	t.Parallel()
	stores, dir := wired(t), t.TempDir()
	more := []string{"--blobs", dir, "--blobs-keep", aWhile.String()}
	one := serve(t, stores, more...)
	two := serve(t, append(slices.Clone(stores), "--data", t.TempDir()), more...)
	at := one.begin("hunting")
	var hunters sync.WaitGroup
	taken := make([][]obj, 12)
	for i := range taken {
		p := []*program{one, two}[i%2]
		hunters.Go(func() { taken[i] = p.hunt(t, at, fmt.Sprint(i)) })
	}
	hunters.Wait()
	all := slices.Concat(taken...)
	eventually(t, startLimit, "what is on no message is removed", func() bool {
		kept, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		return err == nil && len(kept) == len(all)
	})
	for _, p := range []*program{one, two} {
		for _, file := range all {
			got := p.as(anOwner).get(at+"/attachments/"+file["id"].(string), "Parley-Min-Position", file["position"].(string))
			if got.status != http.StatusOK || string(got.body) != file["name"] {
				t.Errorf("the file %v of a message is answered with %d %s", file["name"], got.status, got.body)
			}
		}
	}
	if len(all) == 0 || len(all) == len(taken)*hunts {
		t.Errorf("%d of %d files came to a message: nothing was hunted", len(all), len(taken)*hunts)
	}
}

const (
	// aWhile is how long a file of the hunt may wait for its message.
	aWhile = time.Second
	// hunts is how many files one hunter sends.
	hunts = 10
)

// hunt sends files and puts each on a message just before or just after it has
// waited too long, closer each time, and returns those that were taken.
func (p *program) hunt(t *testing.T, at, name string) (taken []obj) {
	owner, wait, step := p.as(anOwner), aWhile, aWhile/4
	for i := range hunts {
		name := fmt.Sprint(name, "-", i)
		up := owner.upload(name, name)
		<-time.After(wait)
		said := owner.post(at+"/messages", carrying(name, up.id()))
		switch said.outcome() {
		case "201":
			taken = append(taken, obj{"id": up.id(), "name": name, "position": said.position()})
			wait += step
		case "422 /attachments/0":
			wait = max(0, wait-step)
		default:
			t.Errorf("a message came to %s: %s", said.outcome(), said.body)
		}
		step = max(step/2, 5*time.Millisecond)
	}
	return taken
}
