// Package access is the one authorization function and its policy table. Every
// entry (command, query, list, feed, live stream, email) asks it, or uses the
// same predicate in SQL; what no role grants is refused.
//
// Levels say how far a permission reaches from the actor: none, own, the own
// business unit or customer, those below it too, the whole organization. A
// participant may view and add messages whatever the level. Nothing ever
// reaches into another organization.
package access
