package core

import "time"

// A request is what is remembered of one until its response comes.
type request struct {
	correlationID int32
	apiKey        int16
	apiVersion    int16
	at            time.Duration // since the Scanner's start
	doubtful      bool          // it may be a SASL token
}

// maxInFlight is how many requests are remembered, at 24 bytes each. Clients have a few in flight,
// or as many as a benchmark likes.
const maxInFlight = 4096

// A requestQueue is a queue of requests. A broker answers the requests of a connection in their
// order, so those before one that is answered will have no response: they were Produce with acks=0.
type requestQueue struct {
	ring    []request // its length is a power of two
	first   int
	n       int
	secrets int // how many carry secrets
}

func (q *requestQueue) at(i int) *request { return &q.ring[(q.first+i)&(len(q.ring)-1)] }

// push adds a request. Where maxInFlight are waiting, the first must be one that may go
// unanswered; push reports false if it isn't.
func (q *requestQueue) push(r request) bool {
	switch {
	case q.n == maxInFlight:
		if q.at(0).apiKey != apiProduce {
			return false
		}
		q.drop(1)
	case q.n == len(q.ring):
		grown := make([]request, max(8, 2*q.n))
		for i := range q.n {
			grown[i] = *q.at(i)
		}
		q.ring, q.first = grown, 0
	}
	q.n++
	*q.at(q.n - 1) = r
	if mayCarrySecrets(r.apiKey) {
		q.secrets++
	}
	return true
}

// answer takes the request with the id out of the queue, and those before it.
func (q *requestQueue) answer(correlationID int32) (request, bool) {
	for i := range q.n {
		if r := *q.at(i); r.correlationID == correlationID {
			q.drop(i + 1)
			return r, true
		}
	}
	return request{}, false
}

func (q *requestQueue) drop(n int) {
	for range n {
		if mayCarrySecrets(q.at(0).apiKey) {
			q.secrets--
		}
		q.first++
		q.n--
	}
}

// trust clears the doubt about all of them.
func (q *requestQueue) trust() {
	for i := range q.n {
		q.at(i).doubtful = false
	}
}
