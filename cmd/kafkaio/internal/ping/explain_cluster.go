package ping

import (
	"fmt"
	"net"
	"slices"
	"strconv"
)

// problems returns one Problem for all brokers that share it.
func (s *clusterCheck) problems() []Problem {
	var codes []string
	with := make(map[string][]checkedBroker)
	for _, b := range s.brokers {
		if b.failure == nil {
			continue
		}
		if with[b.Problem] == nil {
			codes = append(codes, b.Problem)
		}
		with[b.Problem] = append(with[b.Problem], b)
	}
	problems := []Problem{}
	for _, code := range codes {
		problems = append(problems, s.explain(code, with[code]))
	}
	return problems
}

// explain says what is wrong with these brokers, which share a problem.
func (s *clusterCheck) explain(code string, brokers []checkedBroker) Problem {
	var text, advice string
	var fix []string
	are, first := named(brokers), brokers[0]
	a, from := first.attempt, s.from
	switch code {
	case "advertised-invalid":
		text = are + ", which is no address."
		advice, fix = s.adviseAddress("")
	case "advertised-unspecified":
		text = are + ", which is no address to connect to: it means all addresses of a machine, and belongs in listeners, not in advertised.listeners."
		advice, fix = s.adviseAddress("")
	case "advertised-loopback":
		text = fmt.Sprintf("%s, which is to each client its own machine. The cluster is not on this one: it was reached at %s.", are, from.remote)
		advice, fix = s.adviseAddress("")
	case "advertised-name-unknown":
		unknown := fmt.Sprintf("there is no host named %s.", a.host)
		if len(brokers) > 1 {
			unknown = "there are no hosts with these names."
		}
		text = are + ". " + a.seen(unknown) + nameHint(a.host)
		advice, fix = s.adviseAddress("Clients that know the name can use it. ")
	case "advertised-private":
		text = fmt.Sprintf("%s, where nothing answers. That is a private address (%s), which exists in its own network only; the cluster was reached from outside of it, as %s.", are, addressList(a.addrs), from.host)
		advice, fix = s.adviseAddress("Clients inside of that network can use it. ")
	case "advertised-ipv6-only":
		text = fmt.Sprintf("%s. That has IPv6 addresses only (%s), to which there is no way from this machine.", are, addressList(a.addrs))
		advice = "Have the name get an IPv4 address as well, or this machine IPv6."
	case "advertised-duplicate":
		text = are + ". A client that connects there gets one of them, and takes it for all."
		advice = "Each broker needs an address of its own; behind a load balancer or NAT, a port of its own."
	case "advertised-bridge-unlisted":
		where := "That is"
		if len(brokers) > 1 {
			where = "Those are"
		}
		text = fmt.Sprintf("%s. %s on the bridge's own machine, where it dials only the addresses and ports that it was given.", are, where)
		advice = listInFile + " Start kafkaio explore with every broker of the cluster:"
		fix = []string{exploreCommand(s.bridgeBrokers()...)}
	case "advertised-refused":
		text = fmt.Sprintf("%s. %s", are, a.seen("nothing listens there: the connection was refused."))
		if a.host == from.host && a.port != from.port && len(s.brokers) == 1 {
			text += fmt.Sprintf(" You reached it at port %d: where a port is mapped to another, as a container's is, the one outside has to be advertised.", from.port)
			advice, fix = s.adviseAddress("")
			break
		}
		advice = "Is it running? If it is, it does not listen at the port that it advertises, or that port is not mapped to the one at which it listens."
	case "advertised-connect-timeout":
		text = fmt.Sprintf("%s. There was no connection within %v.", are, from.timeout)
		advice = "A firewall or a security group that lets clients through to some brokers only does this: it has to let them through to each. So does a machine that is down."
	default:
		text = fmt.Sprintf("%s. %s", are, first.failure.text)
		advice, fix = first.failure.advice, first.failure.fix
	}
	problem := newProblem(code, text, advice, fix)
	for _, b := range brokers {
		problem.Brokers = append(problem.Brokers, b.ID)
	}
	return problem
}

// bridgeBrokers returns the addresses with which to start a bridge: that of the broker that the user named,
// of the brokers that answer, and of those that the bridge refuses until they are listed.
func (s *clusterCheck) bridgeBrokers() []string {
	at := func(a *attempt) string { return fmt.Sprint(a.addrs, a.port) }
	list, places := []string{s.from.address()}, []string{at(s.from)}
	for _, b := range s.brokers {
		isUnlisted := b.Problem == "advertised-bridge-unlisted"
		if isUnlisted || b.OK && !slices.Contains(places, at(b.attempt)) {
			if address := b.attempt.address(); !slices.Contains(list, address) {
				list, places = append(list, address), append(places, at(b.attempt))
			}
		}
	}
	return list
}

// named returns words such as "Broker 1 is advertised as kafka:9092".
func named(brokers []checkedBroker) string {
	var ids, addresses []string
	for _, b := range brokers {
		ids = append(ids, strconv.Itoa(int(b.ID)))
		if at := b.Advertised(); !slices.Contains(addresses, at) {
			addresses = append(addresses, at)
		}
	}
	if len(brokers) == 1 {
		return fmt.Sprintf("Broker %s is advertised as %s", ids[0], addresses[0])
	}
	return fmt.Sprintf("Brokers %s are advertised as %s", list(ids), list(addresses))
}

// adviseAddress returns the remark, followed by how to advertise another address.
func (s *clusterCheck) adviseAddress(remark string) (advice string, fix []string) {
	address, advice := s.from.address(), "Have the broker advertise the address at which clients reach it"
	if len(s.brokers) > 1 {
		address = net.JoinHostPort("HOST", strconv.Itoa(int(s.from.port)))
		advice = "Have each broker advertise an address of its own at which clients reach it"
	}
	listener := securityProtocol(s.from.options.TLS != nil, s.from.options.SASL != nil) + "://" + address
	return remark + advice + ", in server.properties, or in the environment of a container:",
		[]string{"advertised.listeners=" + listener, "KAFKA_ADVERTISED_LISTENERS=" + listener}
}
