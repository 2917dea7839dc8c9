package core

import (
	"encoding/binary"
	"strings"
)

// A passage is bytes that pass in one direction.
type passage struct {
	out   bool
	bytes string
}

func sent(p string) passage { return passage{true, p} }

func received(p string) passage { return passage{false, p} }

// aRequest is a request of a client called "app".
func aRequest(key, version int16, id int32, body string) string {
	b := binary.BigEndian.AppendUint16(nil, uint16(key))
	b = binary.BigEndian.AppendUint16(b, uint16(version))
	b = binary.BigEndian.AppendUint32(b, uint32(id))
	return frame(string(b) + "\x00\x03app" + body)
}

func aResponse(id int32, body string) string {
	return frame(string(binary.BigEndian.AppendUint32(nil, uint32(id))) + body)
}

var exchanges = []struct {
	name     string
	passages []passage
	want     []string
}{
	{"a request and its response", []passage{
		sent(aRequest(18, 4, 7, "body")),
		received(aResponse(7, "brokers and topics")),
	}, []string{"> 18 v4 #7 21", "< 18 v4 #7 26"}},
	{"frames without a body", []passage{
		sent(frame("\x00\x12\x00\x00\x00\x00\x00\x01\xff\xff")),
		received(aResponse(1, "")),
	}, []string{"> 18 v0 #1 14", "< 18 v0 #1 8"}},
	{"several in flight", []passage{
		sent(aRequest(3, 12, 1, "") + aRequest(1, 17, 2, "fetch")),
		sent(aRequest(2, 9, 3, "")),
		received(aResponse(1, "m") + aResponse(2, strings.Repeat("records", 1000)) + aResponse(3, "")),
	}, []string{"> 3 v12 #1 17", "> 1 v17 #2 22", "> 2 v9 #3 17", "< 3 v12 #1 9", "< 1 v17 #2 7008", "< 2 v9 #3 8"}},
	{"a response while a request is being sent", []passage{
		sent(aRequest(3, 12, 1, "") + aRequest(0, 11, 2, "records")[:9]),
		received(aResponse(1, "metadata")),
		sent(aRequest(0, 11, 2, "records")[9:]),
		received(aResponse(2, "offsets")),
	}, []string{"> 3 v12 #1 17", "< 3 v12 #1 16", "> 0 v11 #2 24", "< 0 v11 #2 15"}},
	{"Produce with acks=0 has no response", []passage{
		sent(aRequest(0, 11, 1, "records") + aRequest(0, 11, 2, "records")),
		sent(aRequest(3, 12, 3, "")),
		received(aResponse(3, "metadata")),
	}, []string{"> 0 v11 #1 24", "> 0 v11 #2 24", "> 3 v12 #3 17", "< 3 v12 #3 16"}},
	{"a response to nothing", []passage{
		sent(aRequest(3, 12, 1, "")),
		received(aResponse(5, "what?") + aResponse(1, "metadata") + aResponse(1, "again")),
	}, []string{"> 3 v12 #1 17", "< -1 v0 #5 13 withheld", "< 3 v12 #1 16", "< -1 v0 #1 13 withheld"}},
	{"SASL with headers", []passage{
		sent(aRequest(17, 1, 1, "\x00\x05PLAIN")), received(aResponse(1, "mechanisms")),
		sent(aRequest(36, 2, 2, secret)), received(aResponse(2, secret)),
		sent(aRequest(3, 12, 3, "")), received(aResponse(3, "metadata")),
	}, []string{
		"> 17 v1 #1 24", "< 17 v1 #1 18",
		"> 36 v2 #2 33 withheld", "< 36 v2 #2 24 withheld",
		"> 3 v12 #3 17", "< 3 v12 #3 16",
	}},
	{"credentials are renewed among other requests", []passage{
		sent(aRequest(1, 17, 1, "") + aRequest(36, 2, 2, secret) + aRequest(3, 12, 3, "")),
		received(aResponse(1, "records") + aResponse(2, secret) + aResponse(3, "metadata")),
	}, []string{
		"> 1 v17 #1 17", "> 36 v2 #2 33 withheld", "> 3 v12 #3 17",
		"< 1 v17 #1 15 withheld", "< 36 v2 #2 24 withheld", "< 3 v12 #3 16",
	}},
	{"all correlation ids are the same, and one request has no response", []passage{
		sent(aRequest(0, 11, 0, "records")),
		sent(aRequest(36, 2, 0, secret)), received(aResponse(0, secret)),
		sent(aRequest(36, 2, 0, secret)), received(aResponse(0, secret)),
	}, []string{
		"> 0 v11 #0 24",
		"> 36 v2 #0 33 withheld", "< 0 v11 #0 24 withheld",
		"> 36 v2 #0 33 withheld", "< 36 v2 #0 24 withheld",
	}},
	{"an API that is not known", []passage{
		sent(aRequest(95, 0, 1, secret)), received(aResponse(1, secret)),
	}, []string{"> 95 v0 #1 33 withheld", "< 95 v0 #1 24 withheld"}},

	{"PLAIN without headers", []passage{
		sent(aRequest(17, 0, 1, "\x00\x05PLAIN")), received(aResponse(1, "mechanisms")),
		sent(frame("\x00user\x00" + secret)), received(frame("")),
		sent(aRequest(3, 12, 2, "")), received(aResponse(2, "metadata")),
		sent(aRequest(1, 17, 3, "")), received(aResponse(3, "records")),
	}, []string{
		"> 17 v0 #1 24", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 26 withheld token", "< -1 v0 #0 4 withheld token",
		"> -1 v0 #0 17 withheld token", "< 3 v12 #2 16 withheld",
		"> 1 v17 #3 17", "< 1 v17 #3 15",
	}},
	{"PLAIN without headers, of a user called A", []passage{
		sent(aRequest(17, 0, 1, "\x00\x05PLAIN")), received(aResponse(1, "mechanisms")),
		sent(frame("\x00A\x00" + secret)), received(frame("")),
		sent(aRequest(3, 12, 2, "")), received(aResponse(2, "metadata")),
	}, []string{
		"> 17 v0 #1 24", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 23 withheld token", "< -1 v0 #0 4 withheld token",
		"> -1 v0 #0 17 withheld token", "< 3 v12 #2 16 withheld",
	}},
	{"SCRAM without headers", []passage{
		sent(aRequest(17, 0, 1, "\x00\x0dSCRAM-SHA-256")), received(aResponse(1, "mechanisms")),
		sent(frame("n,,n=user,r=" + secret)), received(frame("r=" + secret + "server,s=c2FsdA==,i=4096")),
		sent(frame("c=biws,r=" + secret + "server,p=" + secret)), received(frame("v=" + secret)),
		sent(aRequest(18, 3, 2, "") + aRequest(3, 12, 3, "")), received(aResponse(2, "versions")),
		sent(aRequest(1, 17, 4, "")), received(aResponse(3, "metadata") + aResponse(4, "records")),
	}, []string{
		"> 17 v0 #1 32", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 32 withheld token", "< -1 v0 #0 46 withheld token",
		"> -1 v0 #0 54 withheld token", "< -1 v0 #0 22 withheld token",
		"> -1 v0 #0 17 withheld token", "> -1 v0 #0 17 withheld token", "< 18 v3 #2 16 withheld",
		"> 1 v17 #4 17", "< 3 v12 #3 16", "< 1 v17 #4 15",
	}},
	{"GSSAPI without headers, whose last token has no answer", []passage{
		sent(aRequest(17, 0, 1, "\x00\x06GSSAPI")), received(aResponse(1, "mechanisms")),
		sent(frame("\x60\x82\x02\x01" + secret)), received(frame("\x60\x81\x01" + secret)),
		sent(frame("")), received(frame("\x05\x04\x01\xff\x00\x0c" + secret)),
		sent(frame("\x05\x04\x04\xff\x00\x0c"+secret) + aRequest(18, 3, 2, "")),
		received(aResponse(2, "versions")),
		sent(aRequest(3, 12, 3, "")), received(aResponse(3, "metadata")),
	}, []string{
		"> 17 v0 #1 25", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 24 withheld token", "< -1 v0 #0 23 withheld token",
		"> -1 v0 #0 4 withheld token", "< -1 v0 #0 26 withheld token",
		"> -1 v0 #0 26 withheld token", "> -1 v0 #0 17 withheld token", "< 18 v3 #2 16 withheld",
		"> 3 v12 #3 17", "< 3 v12 #3 16",
	}},
	{"a token like a request is none until it is answered like one", []passage{
		sent(aRequest(17, 0, 1, "\x00\x06GSSAPI")), received(aResponse(1, "mechanisms")),
		sent(aRequest(3, 12, 2, secret)), received(frame(secret)),
		sent(frame(secret)), received(frame(secret)),
	}, []string{
		"> 17 v0 #1 25", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 33 withheld token", "< -1 v0 #0 20 withheld token",
		"> -1 v0 #0 20 withheld token", "< -1 v0 #0 20 withheld token",
	}},
	{"a token like a request, but for the length of its client id", []passage{
		sent(aRequest(17, 0, 1, "\x00\x06GSSAPI")), received(aResponse(1, "mechanisms")),
		sent(frame("\x00\x03\x00\x0c" + secret)), received(frame(secret)),
		sent(frame("\x00\x03\x00\x0c" + secret)), received(frame(secret)),
	}, []string{
		"> 17 v0 #1 25", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 24 withheld token", "< -1 v0 #0 20 withheld token",
		"> -1 v0 #0 24 withheld token", "< -1 v0 #0 20 withheld token",
	}},
	{"a second attempt at SaslHandshake", []passage{
		sent(aRequest(17, 0, 1, "\x00\x06GSSAPI")), received(aResponse(1, "no")),
		sent(aRequest(17, 0, 2, "\x00\x05PLAIN")), received(aResponse(2, "yes")),
		sent(frame("\x00user\x00" + secret)), received(frame("")),
		sent(aRequest(3, 12, 3, "")), received(aResponse(3, "metadata")),
		sent(aRequest(3, 12, 4, "")), received(aResponse(4, "metadata")),
	}, []string{
		"> 17 v0 #1 25", "< 17 v0 #1 10 withheld",
		"> -1 v0 #0 24 withheld token", "< 17 v0 #2 11 withheld",
		"> -1 v0 #0 26 withheld token", "< -1 v0 #0 4 withheld token",
		"> -1 v0 #0 17 withheld token", "< 3 v12 #3 16 withheld",
		"> 3 v12 #4 17", "< 3 v12 #4 16",
	}},
	{"SaslHandshake anew, while requests wait", []passage{
		sent(aRequest(17, 0, 1, "\x00\x05PLAIN")), received(aResponse(1, "mechanisms")),
		sent(frame("\x00user\x00" + secret)), received(frame("")),
		sent(aRequest(3, 12, 2, "") + aRequest(3, 12, 3, "")), received(aResponse(2, "metadata")),
		sent(aRequest(17, 0, 4, "\x00\x05PLAIN")), received(aResponse(3, "metadata") + aResponse(4, "mechanisms")),
		sent(frame("\x00user\x00" + secret)), received(frame(secret)),
	}, []string{
		"> 17 v0 #1 24", "< 17 v0 #1 18 withheld",
		"> -1 v0 #0 26 withheld token", "< -1 v0 #0 4 withheld token",
		"> -1 v0 #0 17 withheld token", "> -1 v0 #0 17 withheld token", "< 3 v12 #2 16 withheld",
		"> 17 v0 #4 24", "< 3 v12 #3 16 withheld", "< 17 v0 #4 18 withheld",
		"> -1 v0 #0 26 withheld token", "< -1 v0 #0 20 withheld token",
	}},

	{"TLS", []passage{
		sent("\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03"), received("\x16\x03\x03\x00\x7a\x02"),
	}, []string{"> dark: TLS begins here, and hides what passes inside it"}},
	{"TLS after some frames", []passage{
		sent(aRequest(18, 4, 1, "")), received(aResponse(1, "")), sent("\x16\x03\x01\x00\xf4\x01\x00"),
	}, []string{"> 18 v4 #1 17", "< 18 v4 #1 8", "> dark: TLS begins here, and hides what passes inside it"}},
	{"an HTTP client", []passage{
		sent("GET / HTTP/1.1\r\n\r\n"), received("HTTP/1.1 200 OK\r\n\r\n"),
	}, []string{"> dark: the bytes sent are no Kafka request"}},
	{"an HTTP server", []passage{
		sent(aRequest(18, 4, 1, "")), received("HTTP/1.1 400 Bad Request\r\n\r\n"), sent(aRequest(18, 4, 1, "")),
	}, []string{"> 18 v4 #1 17", `< dark: this is an HTTP server, not a Kafka broker: its answer starts with "HTTP"`}},
	{"a TLS server", []passage{
		sent(aRequest(18, 4, 1, "")), received("\x15\x03\x03\x00\x02\x02\x32"),
	}, []string{"> 18 v4 #1 17", "< dark: this port speaks TLS: connect to it with TLS, or to a plaintext port (first bytes 15 03 03 00)"}},
	{"a length over the limit", []passage{
		received("\x06\x40\x00\x01"), sent(aRequest(18, 4, 1, "")),
	}, []string{"< dark: length 104857601 is over the 104857600 limit"}},
	{"a length of zero", []passage{received("\x00\x00\x00\x00")}, []string{"< dark: length 0"}},
	{"a response too short for a correlation id", []passage{received(frame("abc"))}, []string{"< dark: a response of 3 bytes"}},
	{"a request too short for a header", []passage{sent(frame("\x00\x12\x00\x00\x00\x00\x00\x01\xff"))}, []string{"> dark: the bytes sent are no Kafka request"}},
	{"a version that no API has", []passage{sent(aRequest(3, 32, 1, ""))}, []string{"> dark: the bytes sent are no Kafka request"}},
	{"a key that no API has", []passage{sent(aRequest(1025, 0, 1, ""))}, []string{"> dark: the bytes sent are no Kafka request"}},
	{"SASL from the first byte", []passage{
		sent(frame("\x00user\x00" + secret)), received(frame(secret)),
	}, []string{"> dark: the bytes sent are no Kafka request"}},
}

// secret stands for what must never be shown.
const secret = "correct\x00hörse!!"
