// Package peer is a TCP server that misbehaves on command: it stands for every broker, proxy and
// network that a Kafka client meets on a bad day.
//
// A connection says what it wants in its first line, so that one port, and so one target of a
// bridge, is enough for all of it. The line is a script: steps, separated by semicolons, that
// are taken one after the other. At its end the connection is closed.
//
//	send 4; reset                 four bytes, then a reset
//	name x; sink                  takes everything; "report x" says how much
//	wait go; send 4               says nothing until another connection says "open go"
//
// Bytes that are counted are those of package pattern, from its start in each direction.
//
//	send N             sends N bytes
//	messages N SIZE    sends N messages of SIZE bytes, each in a write of its own
//	hex BYTES          sends these bytes
//	flood              sends until the other end has taken nothing for half a second
//	recv N             receives N bytes, and stops the script if they are not the pattern
//	sink               receives until the other end closes
//	duplex N           sends and receives N bytes, at the same time
//	echo               sends back what comes, until the other end closes
//	drip               echo, one byte per write
//	respond N          takes requests, frames with a correlation id at the fifth byte, and answers
//	                   them N at a time, the last one first: with the id and what followed it
//	take N             takes N requests, and answers none
//	splice NAME        becomes one end of a pipe; the other is the next connection that says so
//	pause DURATION     does nothing for so long
//	wait NAME          does nothing until a connection says open NAME
//	open NAME
//	reset              closes with a reset, which ends the script
//	hold               keeps the connection without reading or writing, until the server is closed
//	name NAME          makes what the connection does known to report NAME
//	report NAME        sends a line with the bytes sent, the bytes received and whether they were
//	                   the pattern, once that connection's script has ended or come to hold
//	do NAME            calls the server's hook of that name
package peer
