package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	ordersTopic    = "orders"
	pageViewsTopic = "page-views"
)

// A shop makes up the records of the demo: the orders of a shop for coffee things, and the pages
// of it that people look at.
type shop struct {
	random    *rand.Rand
	nextOrder int
	open      []order // placed, and on their way
}

func newShop(seed uint64) *shop {
	return &shop{random: rand.New(rand.NewPCG(seed, seed)), nextOrder: 48_200}
}

type order struct {
	ID     string  `json:"id"`
	Status string  `json:"status"`
	Total  float64 `json:"total"`
	customer
	Items    []item `json:"items"`
	Currency string `json:"currency"`
	Payment  string `json:"payment"`
	Gift     bool   `json:"gift,omitempty"`
	Note     string `json:"note,omitempty"`
}

type customer struct {
	Name     string `json:"name"`
	City     string `json:"city"`
	Country  string `json:"country"`
	Customer string `json:"customer"` // id
}

type item struct {
	SKU      string  `json:"sku"`
	Name     string  `json:"name"`
	Quantity int     `json:"qty"`
	Price    float64 `json:"price"`
}

type pageView struct {
	Visitor  string `json:"visitor"`
	Path     string `json:"path"`
	Referrer string `json:"referrer,omitempty"`
	Device   string `json:"device"`
	Country  string `json:"country"`
	LoadMS   int    `json:"load_ms"`
}

// An order goes through these in turn; some end earlier.
var statuses = []string{"placed", "paid", "packed", "shipped", "delivered"}

var (
	firstNames = []string{"Amina", "Bruno", "Chiara", "Daan", "Eszter", "Finn", "Giulia", "Hana", "Ilja", "Jonas", "Klára", "Lucía", "Mette", "Nuno", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tereza", "Ulla", "Viktor", "Wiktoria", "Yusuf", "Zoë"}
	lastNames  = []string{"Almeida", "Bauer", "Costa", "Dvořák", "Eriksen", "Fischer", "García", "Horvat", "Ivanova", "Jansen", "Kowalska", "Lefèvre", "Moretti", "Novák", "Okafor", "Petit", "Rossi", "Svensson", "Tanaka", "Varga", "Weber", "Yılmaz"}
	places     = []customer{{City: "Lisbon", Country: "PT"}, {City: "Berlin", Country: "DE"}, {City: "Kraków", Country: "PL"}, {City: "Málaga", Country: "ES"}, {City: "Aarhus", Country: "DK"}, {City: "Lyon", Country: "FR"}, {City: "Graz", Country: "AT"}, {City: "Utrecht", Country: "NL"}, {City: "Brno", Country: "CZ"}, {City: "Turin", Country: "IT"}, {City: "Göteborg", Country: "SE"}, {City: "İzmir", Country: "TR"}}
	products   = []item{
		{SKU: "CF-ETH-250", Name: "Yirgacheffe beans, 250 g", Price: 13.50},
		{SKU: "CF-COL-1000", Name: "Huila beans, 1 kg", Price: 39.00},
		{SKU: "CF-DEC-250", Name: "Decaf, 250 g", Price: 12.90},
		{SKU: "GR-HAND-2", Name: "Hand grinder", Price: 89.00},
		{SKU: "KT-GOOSE-1", Name: "Gooseneck kettle", Price: 64.50},
		{SKU: "CUP-ESP-4", Name: "Espresso cups, set of 4", Price: 32.00},
		{SKU: "FL-V60-100", Name: "Paper filters, 100 pieces", Price: 6.20},
		{SKU: "SC-PRO-1", Name: "Brewing scale", Price: 45.00},
		{SKU: "PRESS-8", Name: "French press, 8 cups", Price: 37.80},
	}
	paths     = []string{"/", "/", "/beans", "/beans/yirgacheffe", "/beans/huila", "/grinders", "/grinders/hand", "/kettles/gooseneck", "/cups", "/brew-guides/v60", "/brew-guides/french-press", "/cart", "/checkout", "/search?q=decaf", "/search?q=scale", "/account/orders"}
	referrers = []string{"", "", "", "https://search.example/", "https://news.example/coffee", "https://mail.example/"}
	devices   = []string{"phone", "phone", "phone", "laptop", "laptop", "tablet"}
	payments  = []string{"card", "card", "card", "transfer", "wallet"}
	notes     = []string{"Please ring twice.", "Leave with the neighbour.", "Ground for espresso, please."}
)

// order is the next event in the life of an order: a new one, or an open one that moves on.
func (s *shop) order(at time.Time) *kgo.Record {
	var o order
	if i := s.random.IntN(len(s.open) + 4); i < len(s.open) {
		o = s.advance(i)
	} else {
		o = s.newOrder()
		s.open = append(s.open, o)
	}
	r := record(ordersTopic, o.Customer, o, at)
	r.Headers = []kgo.RecordHeader{
		{Key: "content-type", Value: []byte("application/json")},
		{Key: "source", Value: []byte(pick(s, []string{"shop", "app", "warehouse"}))},
	}
	return r
}

// advance moves an open order on by one status; the last, or a return, closes it.
func (s *shop) advance(i int) order {
	o := &s.open[i]
	at := 0
	for statuses[at] != o.Status {
		at++
	}
	o.Status = statuses[at+1]
	if o.Status == "delivered" && s.chance(0.08) {
		o.Status = "returned"
	}
	if o.Status == "paid" && s.chance(0.05) {
		o.Status = "cancelled"
	}
	moved := *o
	if at+2 == len(statuses) || moved.Status == "cancelled" {
		s.open[i] = s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
	}
	return moved
}

func (s *shop) newOrder() order {
	s.nextOrder++
	who := pick(s, places)
	who.Customer = fmt.Sprintf("c-%04d", s.random.IntN(800))
	who.Name = pick(s, firstNames) + " " + pick(s, lastNames)
	o := order{ID: fmt.Sprintf("o-%d", s.nextOrder), Status: statuses[0], customer: who, Currency: "EUR", Payment: pick(s, payments), Gift: s.chance(0.1)}
	for range 1 + s.random.IntN(3) {
		it := pick(s, products)
		it.Quantity = 1 + s.random.IntN(2)
		o.Items = append(o.Items, it)
		o.Total += float64(it.Quantity) * it.Price
	}
	o.Total = math.Round(o.Total*100) / 100
	if s.chance(0.15) {
		o.Note = pick(s, notes)
	}
	return o
}

func (s *shop) pageView(at time.Time) *kgo.Record {
	v := pageView{
		Visitor:  fmt.Sprintf("v-%05x", s.random.IntN(1<<18)),
		Path:     pick(s, paths),
		Referrer: pick(s, referrers),
		Device:   pick(s, devices),
		Country:  pick(s, places).Country,
		LoadMS:   90 + int(s.random.ExpFloat64()*180),
	}
	return record(pageViewsTopic, v.Visitor, v, at)
}

// next is a record of one of the topics: two of three are page views.
func (s *shop) next(at time.Time) *kgo.Record {
	if s.random.IntN(3) == 0 {
		return s.order(at)
	}
	return s.pageView(at)
}

func (s *shop) chance(p float64) bool { return s.random.Float64() < p }

func pick[T any](s *shop, from []T) T { return from[s.random.IntN(len(from))] }

func record(topic, key string, value any, at time.Time) *kgo.Record {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // structs of strings and finite numbers
	}
	return &kgo.Record{Topic: topic, Key: []byte(key), Value: encoded, Timestamp: at}
}
