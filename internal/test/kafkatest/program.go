package kafkatest

// Run starts a cluster for a program that is no test, and returns the addresses of its brokers. stop ends them
// and removes their files.
func Run(o Options) (bootstrap []string, stop func(), err error) {
	b, err := startBrokers(o)
	if err != nil {
		return nil, nil, err
	}
	return b.listeners(plaintext), func() { b.end(false) }, nil
}
