//go:build race

package seededbugs

const underRace = true
