// Package kafkamessage has Kafka's own definitions of its requests and answers, for tests, and makes
// messages from them: what a parser that follows the definitions takes, and what comes close to it.
package kafkamessage
