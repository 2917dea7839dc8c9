// Package wire shows Kafka's frames to people: a Capture records those that pass, and Decode takes one
// apart into fields, each with the bytes that it came from.
//
//	f := wire.Decode(3, 12, true, frame) // a Metadata request
//	for _, part := range f.Fields {
//		fmt.Println(part.Name, part.Type, part.Value, part.Start, part.End)
//	}
//
// Credentials never appear in a Field. A Capture records no bytes of the frames that core.Scanner
// withholds, and says why.
package wire
