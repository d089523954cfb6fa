//go:build !race

package seededbugs

const underRace = false
