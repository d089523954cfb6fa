// Package directory is what the commerce system mirrors into the product:
// people, records, record types, customers and business units. Each is a stream
// of its own whose state is an [Entry]: the last value, and whether the
// commerce system has since removed it. What was removed keeps its last value,
// so that names and labels go on being shown.
package directory
