package main

import (
	"slices"
	"strings"
)

// reason says why cases cannot apply. A prefix stands for all that begin with it.
type reason struct {
	suite, prefix string
	forms         []string // all, if none
	text          string
}

const (
	vendorImage   = "compares ids, creation times and byte positions with a database image of the vendor, which is not to be had; a node's positions count events"
	noProjections = "needs server-side projections, which a node does not offer: it answers Unimplemented at once"
	userCerts     = "wants users who are known by certificates, a licensed plugin of the vendor's server, and refused in spite of right credentials; a node knows credentials only"
)

// reasons is the one list of what does not pass.
var reasons = []reason{
	{goSuite, "TestExpectations/ReadAllTests/readAllEventsForwards", nil, vendorImage},
	{goSuite, "TestExpectations/ReadAllTests/readAllEventsBackwards", nil, vendorImage},
	{goSuite, "TestStreams/ReadStreamTests/readStreamEventsForwardsFromZeroPosition", nil, vendorImage},
	{goSuite, "TestStreams/ReadStreamTests/readStreamEventsBackwardsFromEndPosition", nil, vendorImage},
	{goSuite, "TestStreams/SubscriptionTests/allSubscriptionWithFilterDeliversCorrectEvents", nil, vendorImage},
	{goSuite, "TestProjections/", nil, noProjections},
	{goSuite, "TestPlugins/AuthenticationTests/InvalidUserCertificates", nil, userCerts},
}

// whyNot returns the reason why a case cannot apply in a form.
func whyNot(r result) (text string, ok bool) {
	for _, why := range reasons {
		if why.suite == r.suite && strings.HasPrefix(r.name, why.prefix) && (len(why.forms) == 0 || slices.Contains(why.forms, r.form)) {
			return why.text, true
		}
	}
	return "", false
}
