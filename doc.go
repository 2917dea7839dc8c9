// Package kafkaio connects Go programs to Kafka brokers, from a server, from a web page, and from
// a WASI guest, with the same contract on each.
//
// [Dial] opens a connection on which requests are sent and answers received as bytes or as
// frames, each call with a timeout and a typed error. [Dialer.DialContext] has the shape of
// net.Dialer's, so that Kafka clients such as franz-go can dial with it.
//
// Natively, connections are TCP. In a browser they go through a WebSocket to a bridge (package
// bridge), which connects to the brokers in the page's place. A native program or a WASI guest
// can use a bridge too, by setting Dialer.Bridge.
package kafkaio
