// Package records reads the record batches that a broker sends of a partition: the records, and how many
// offsets are none. A consumer of kgo's hides what it skips, and multiplies timestamps to nanoseconds, which
// those of year 2262 and later don't survive.
package records
