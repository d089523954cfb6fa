package httpapi

import "testing"

func TestFeatures_name_every_operation_that_is_mounted_and_no_other(t *testing.T) {
	t.Parallel()
	unnamed := map[string]bool{}
	for id := range features {
		unnamed[id] = true
	}
	for _, op := range append((&api{}).operations(), newDocument("").pages()...) {
		if f := features[op.id]; op.needs != noIdentity && f != conversations && f != always {
			t.Errorf("%s does not say whether it goes on while conversations are switched off: give it a line in features", op.id)
		}
		delete(unnamed, op.id)
	}
	for id := range unnamed {
		t.Errorf("%s is not mounted", id)
	}
}

func TestFeature_of_an_operation_that_does_not_say_is_conversations(t *testing.T) {
	t.Parallel()
	if f := (operation{id: "new", needs: onlyIdentity}).feature(); f != conversations {
		t.Errorf("it is %s", f)
	}
	if f := (operation{id: "new", needs: noIdentity}).feature(); f != always {
		t.Errorf("a public one is %s", f)
	}
}
