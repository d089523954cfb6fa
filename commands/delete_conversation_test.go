package commands_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
)

func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	deleted := []event{conversation.Deleted{}}
	newWorld(t).play(map[string]scenario{
		"an administrator deletes":                                 {when: discard(root), then: deleted},
		"a user may not":                                           {when: discard(ada), code: domain.CodeForbidden},
		"a manager only deletes own ones":                          {when: discard(maxi), code: domain.CodeForbidden},
		"a customer user may not":                                  {when: discard(bob), code: domain.CodeForbidden},
		"who does not see it does not find it":                     {when: discard(olga), code: domain.CodeNotFound},
		"deleting a deleted one does nothing":                      {given: deleted, when: discard(root)},
		"who may not delete does not find a deleted one to delete": {given: deleted, when: discard(ada), code: domain.CodeNotFound},
		"a deleted one takes no message":                           {given: deleted, when: say(ada), code: domain.CodeNotFound},
		"a deleted one is read no more":                            {given: deleted, when: read(ada, 1), code: domain.CodeNotFound},
		"an administrator restores":                                {given: deleted, when: bringBack(root), then: []event{conversation.Restored{}}},
		"restoring one that is there does nothing":                 {when: bringBack(root)},
		"who may not delete does not find a deleted one":           {given: deleted, when: bringBack(ada), code: domain.CodeNotFound},
		"who may not delete may not restore":                       {when: bringBack(ada), code: domain.CodeForbidden},
	})
}

func (w *world) discardAll(req commands.Request, ids ...string) (commands.MassAnswer, error) {
	return commands.DeleteConversationsHandler{Conversations: w.Conversations}.Handle(w.Context(),
		commands.DeleteConversations{Request: req, IDs: ids})
}

func TestDeleteConversations_answers_for_each_id(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, his := w.given(conversation.OwnerChanged{Owner: "max"}), w.given()
	a, err := w.discardAll(w.by(maxi), mine.String(), his.String(), uuid.NewString(), "rubbish")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []domain.Code{"", domain.CodeForbidden, domain.CodeNotFound, domain.CodeNotFound} {
		if got := domain.CodeOf(a.Results[i].Err); got != want {
			t.Errorf("result %d is %q (%v), want %q", i, got, a.Results[i].Err, want)
		}
	}
	if a.Position == 0 {
		t.Error("the answer has no position")
	}
}

func TestDeleteConversations_repeats_its_results(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	for range 2 {
		a, err := w.discardAll(w.keyed(root, "k"), id.String())
		if err != nil || a.Results[0].Err != nil {
			t.Fatalf("results %v, error %v; want deleted", a.Results, err)
		}
	}
}

func TestDeleteConversations_refuses_the_key_of_another_request(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.given(), w.given()
	req := w.keyed(root, "k")
	if a, err := w.discardAll(req, uuid.NewString(), one.String(), two.String()); err != nil || a.Results[2].Err != nil {
		t.Fatalf("results %v, error %v; want deleted", a.Results, err)
	}
	if a, err := w.discardAll(req, uuid.NewString(), one.String(), two.String()); err != nil || a.Results[1].Err != nil || a.Results[2].Err != nil {
		t.Fatalf("repeated: results %v, error %v; want deleted", a.Results, err)
	}
	req.Fingerprint = "another"
	_, err := w.discardAll(req, w.given().String())
	wantCode(t, err, domain.CodeInvalid)
}

func TestDeleteConversations_takes_a_hundred(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.discardAll(w.by(root), make([]string, commands.MaxMass+1)...)
	wantCode(t, err, domain.CodeInvalid)
}
