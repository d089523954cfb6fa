package main_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/logtest"
)

// The organizations that tests write down: the demo's, and one that has nothing to
// do with it.
const (
	acme     = "acme"
	umbrella = "umbrella"
)

// organization is whose people the demo of a test has.
func organization(t *testing.T) string { return renamed(t, acme) }

// anotherOrganization is one that has nothing to do with it.
func anotherOrganization(t *testing.T) string { return renamed(t, umbrella) }

// thisRun is what the names of this run have and those of none before.
var thisRun = uuid.New()

// renamed is what an organization is called on the server that a test goes to. One
// that is named keeps what was written before, so there every test has its own.
func renamed(t *testing.T, organization string) string {
	if logtest.Named() == "" {
		return organization
	}
	test, _, _ := strings.Cut(t.Name(), "/"+strings.ReplaceAll(distributed, " ", "_"))
	return organization + "-" + uuid.NewSHA1(thisRun, []byte(test)).String()[:13]
}

// ofTheTest gives the organizations in lines of an import the names that they have
// in the test.
func ofTheTest(t *testing.T, lines string) string {
	for _, name := range []string{acme, umbrella} {
		lines = strings.ReplaceAll(lines, `"organization":"`+name+`"`, `"organization":"`+renamed(t, name)+`"`)
	}
	return lines
}
