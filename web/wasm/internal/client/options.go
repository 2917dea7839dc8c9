package client

// options are those of connect, after the page has checked them. Secrets in them appear in no error.
type options struct {
	Bridge   string       `json:"bridge"` // ws: or wss:, with the cluster in its path
	Token    bool         `json:"token"`  // the callback "token" returns one
	SASL     *saslOptions `json:"sasl"`
	TLS      *tlsOptions  `json:"tls"` // nil: none
	ReadOnly bool         `json:"readOnly"`
	ClientID string       `json:"clientId"`
}
