package core

import "time"

// A request is the header of a request that waits for its response.
type request struct {
	correlationID int32
	apiKey        int16
	apiVersion    int16
	at            time.Duration // when it was sent, after the Scanner's start
	doubtful      bool          // it may be a SASL token
}

// maxInFlight bounds a requestQueue, at 24 bytes a request. Most clients have at most 5 requests in
// flight (max.in.flight.requests.per.connection); benchmarks have thousands.
const maxInFlight = 4096

// A requestQueue has the requests in flight, oldest first. A broker answers a connection's requests in
// order. So a request is dropped when a later one is answered: it was a Produce with acks=0, which
// gets no response.
type requestQueue struct {
	ring    []request // its length is a power of two
	first   int
	n       int
	secrets int // how many may carry credentials
}

func (q *requestQueue) at(i int) *request { return &q.ring[(q.first+i)&(len(q.ring)-1)] }

// push adds a request. If the queue is full, push drops the oldest, provided that it is a Produce and
// so may have no response. Otherwise push reports false.
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

// answer removes the request with this correlation ID, and those before it.
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

// trust marks all requests as no SASL tokens.
func (q *requestQueue) trust() {
	for i := range q.n {
		q.at(i).doubtful = false
	}
}
