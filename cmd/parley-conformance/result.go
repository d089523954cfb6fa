package main

// outcome is how a case ended.
type outcome string

// The outcomes.
const (
	passed  outcome = "pass"
	failed  outcome = "fail"
	skipped outcome = "skip"
)

// result is one case in one form of one suite.
type result struct {
	suite, form, name string
	outcome           outcome
	output            string
}
