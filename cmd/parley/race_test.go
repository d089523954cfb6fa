//go:build race

package main_test

// raceDetector tells whether the tests, and so the program that they start, run
// with the race detector, many times slower.
const raceDetector = true
