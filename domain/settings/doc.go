// Package settings is what the administrators of an organization set at run
// time: whether it has conversations at all, how they are closed, what limits
// hold and what roles grant. There is one stream per organization, and nothing
// in it means that everything is as it ships.
//
// Events say only what was changed, so that the audit reads as what was done,
// and what was never set follows the defaults of the program. Secrets are never
// among them.
package settings
