package clientproperties

import (
	"strings"
	"testing"
)

func TestCredentialsAreThoseOfTheLoginModule(t *testing.T) {
	for _, row := range []struct{ jaas, mechanism, user, password string }{
		{plainModule + ` required username="alice" password="open sesame";`, "PLAIN", "alice", "open sesame"},
		{scramModule + ` required username="alice" password="sesame";`, "SCRAM-SHA-256", "alice", "sesame"},
		{scramModule + " required\n  username=alice\n  password='se\"same' ;  ", "SCRAM-SHA-512", "alice", `se"same`},
		{plainModule + ` REQUIRED username = "al\"ice" password = "a\\b\tc\101\x;=";`, "PLAIN", `al"ice`, "a\\b\tcAx;="},
		{plainModule + " /* a comment */ required // another\n username=\"ü\" password=\"1\";", "PLAIN", "ü", "1"},
		{scramModule + ` required username="alice" password="sesame" tokenauth="false";`, "SCRAM-SHA-512", "alice", "sesame"},
	} {
		user, password, err := credentials(row.jaas, row.mechanism)
		if err != nil || user != row.user || password != row.password {
			t.Errorf("%s: %q, %q, %v", row.jaas, user, password, err)
		}
	}
}

func TestLoginModulesThatMakeNoSenseAreErrorsWithoutSecrets(t *testing.T) {
	for _, row := range []struct{ jaas, want string }{
		{"sesame", "it has the form MODULE required"},
		{plainModule + ` username="sesame" password="sesame";`, "it has the form"},
		{plainModule + ` required username "sesame";`, "it has the form"},
		{plainModule + ` required username="sesame" password="sesame"`, "doesn't end with a semicolon"},
		{plainModule + ` required username="sesame" password="sesame;`, "a quoted string doesn't end"},
		{plainModule + " required username=\"a\" password=\"ses\name\";", "a quoted string doesn't end"},
		{plainModule + ` required username="sesame" password="sesame\`, "a quoted string doesn't end"},
		{plainModule + ` required username=sesame password=sesame/sesame;`, "quote the value"},
		{plainModule + ` required username="sesame" password="sesame"; x`, "follows the semicolon"},
		{plainModule + ` required username="sesame";`, "it has no password"},
		{plainModule + ` required password="sesame";`, "it has no username"},
		{plainModule + ` required username="sesame" password="sesame" sesame=1;`, "the only options"},
		{scramModule + ` required username="sesame" password="sesame";`, "whose login module is " + plainModule},
		{`com.example.Sesame required username="sesame" password="sesame";`, "for PLAIN it is " + plainModule},
		{plainModule + ` required username="sesame" password="sesame" tokenauth="true";`, "no delegation tokens"},
	} {
		_, _, err := credentials(row.jaas, "PLAIN")
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "esame") {
			t.Errorf("%s: %v; want %s", row.jaas, err, row.want)
		}
	}
}
