package seededbugs_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/seededbugs"
)

// The suites, by the bar that they are for.
const (
	node, program, decisions = "adapters/eventnode", "cmd/parley", "commands"

	kills    = "TestNode_keeps_everything_acknowledged_when_it_is_killed"            // R1, the node
	promises = "TestServe_keeps_its_promises_when_it_is_killed"                      // R1, the program
	power    = "TestNode_keeps_what_it_acknowledged_through_a_loss_of_power"         // R2
	rot      = "TestNode_hands_out_nothing_that_changed_on_disk"                     // R2
	below    = "TestOpen_refuses_a_log_below_its_witness"                            // R2
	refusal  = "TestNode_acknowledges_nothing_that_the_disk_refused"                 // R3
	oneLog   = "TestNode_is_one_log_to_everybody_while_it_is_killed_and_frozen"      // R4
	resends  = "TestEventStore_sends_an_append_of_unknown_outcome_again_to_the_byte" // the client
	closed   = "TestEventStore_closed_in_the_middle_of_appends_claims_nothing_that_is_not_so"
	damage   = "TestNode_names_damage_when_it_reads_a_stream"
	overWire = "TestEventStore_names_the_position_of_damage"
	shared   = "TestInstances_that_share_keys_acknowledge_what_is_stored_and_believe_nothing_else" // R13
	oneKey   = "TestKey_under_which_two_instances_decide_at_once_is_of_the_command_that_is_stored"
)

// Bugs that the writer may have.
var (
	answersFirst = []string{
		"	if err := w.commit(b); err != nil {\n		return answers, w.fail(err)\n	}\n",
		"	for i, r := range requests {\n		r.answer <- answers[i]\n	}\n	if err := w.commit(b); err != nil {\n		return answers, w.fail(err)\n	}\n",
		"		r.answer <- answers[i]\n	}\n}\n",
		"		select {\n		case r.answer <- answers[i]:\n		default:\n		}\n	}\n}\n",
	}
	answersAnyway = []string{
		"	if err := w.commit(b); err != nil {\n		return answers, w.fail(err)\n	}\n",
		"	if err := w.commit(b); err != nil {\n		_ = w.fail(err)\n	}\n",
	}
	neverSyncs = []string{`"synchronous(full)"`, `"synchronous(off)"`}
	losesTail  = []string{
		"	if err := w.settle(ctx); err != nil {",
		"	_, _ = w.conn.ExecContext(ctx, \"delete from events where position = (select max(position) from events)\")\n	if err := w.settle(ctx); err != nil {",
	}
	trustsFile = []string{
		"	case last.Position < said.position:\n", "	case last.Position < said.position:\n		return nil\n	case false:\n",
	}
	appendsTwice  = []string{"		return place, repeated, nil\n	case same == 0", "		return place, fresh, nil\n	case same == 0"}
	forgetsIDs    = []string{"		return place, repeated, nil\n	case same == 0", "		return place, wrong, nil\n	case same == 0"}
	skipsChecksum = []string{"sum != int64(e.checksum())", "sum < -1"}
	newIDs        = []string{
		"	result, err := client.AppendToStream(", "	p.events = append([]esdb.EventData(nil), p.events...)\n	for i := range p.events {\n		p.events[i].EventID = uuid.New()\n	}\n	result, err := client.AppendToStream(",
	}
	claims = []string{
		"			if last != nil {\n				err = unknown(c, err, last)\n			}\n			return zero, err\n", "			_ = last\n			return zero, err\n",
	}
	keepsPosition = []string{"damage.Position = eventlog.Position(d.GetValue())", "_ = d"}
	forgetsKeys   = []string{"	done, found := here.find(c.scope)\n", "	done, found := here.find(c.id)\n"}
	idsFromKeys   = []string{
		"		batch[i] = eventlog.NewEvent{ID: id,",
		"		if c.req.Key != \"\" {\n			id = domain.DeriveID(c.scope.String(), strconv.Itoa(i))\n		}\n		batch[i] = eventlog.NewEvent{ID: id,",
	}
)

// cheap are the bugs that 'make test' switches on; 'make chaos' does all.
var cheap = []string{"the checksum is not compared"}

var bugs = map[string]seededbugs.Bug{
	"the writer answers before it commits":            {node + "/writer.go", answersFirst, node, kills},
	"the writer answers before it commits, program":   {node + "/writer.go", answersFirst, program, promises},
	"the writer answers before it commits, histories": {node + "/writer.go", answersFirst, node, oneLog},
	"the writer does not sync":                        {node + "/store.go", neverSyncs, node, power},
	"a failed sync is acknowledged":                   {node + "/writer.go", answersAnyway, node, refusal},
	"the last event is lost on opening":               {node + "/connect.go", losesTail, node, kills},
	"the last event is lost on opening, histories":    {node + "/connect.go", losesTail, node, oneLog},
	"the witness is not believed":                     {node + "/inspect.go", trustsFile, node, below},
	"a repeated append is done twice":                 {node + "/repetition.go", appendsTwice, node, oneLog},
	"a repeated append is not recognised":             {node + "/repetition.go", forgetsIDs, node, oneLog},
	"the checksum is not compared":                    {node + "/reader.go", skipsChecksum, node, damage},
	"the checksum is not compared, rot":               {node + "/reader.go", skipsChecksum, node, rot},
	"the client sends again with new ids":             {"adapters/eventstore/append.go", newIDs, program, resends},
	"a closed client claims that nothing was sent":    {"adapters/eventstore/call.go", claims, program, closed},
	"damage over the wire is not told where it is":    {"adapters/eventstore/errors.go", keepsPosition, program, overWire},
	"idempotency keys are forgotten":                  {"commands/command.go", forgetsKeys, program, promises},
	"ids of events come from the key alone":           {"commands/command.go", idsFromKeys, decisions, oneKey},
	"ids of events come from the key alone, chaos":    {"commands/command.go", idsFromKeys, decisions, shared},
}

func TestSuites_notice_seeded_bugs(t *testing.T) {
	names := cheap
	if chaostest.Long() {
		names = slices.Sorted(maps.Keys(bugs))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { bugs[name].WantCaught(t) })
	}
	chaostest.Report(t, "seeded", "bugs switched on, each before the suite that must notice", fmt.Sprintf("%d of %d noticed", len(names), len(bugs)))
}

// A bug that can no longer be switched on is found in every run.
func TestBugs_can_be_switched_on(t *testing.T) {
	t.Parallel()
	for name, bug := range bugs {
		if err := bug.Applies(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a bug the suites pass, or their failing would say nothing.
func TestSuites_pass_without_a_bug(t *testing.T) {
	if !chaostest.Long() {
		return // they are all part of 'make test'
	}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(bugs)) {
		if bug := bugs[name]; !seen[bug.Suite] {
			seen[bug.Suite] = true
			t.Run(bug.Suite, func(t *testing.T) { bug.WantUnnoticed(t) })
		}
	}
}
