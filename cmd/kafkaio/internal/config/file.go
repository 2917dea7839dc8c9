// Package config reads the file of "kafkaio bridge": who may connect, which clusters there are, and who may
// do what on them. Its errors name the file, the line and the column, and never show the file's text, which
// may hold secrets.
package config

import "time"

// A File is what an operator writes. docs/bridge.md describes every key.
type File struct {
	Listen         string     `yaml:"listen,omitempty"`
	Hosts          []string   `yaml:"hosts,omitempty"`
	Origins        []string   `yaml:"origins,omitempty"`
	Page           bool       `yaml:"page,omitempty"`
	TLS            *ServerTLS `yaml:"tls,omitempty"`
	TrustedProxies []string   `yaml:"trusted_proxies,omitempty"`
	Auth           Auth       `yaml:"auth,omitempty"`
	MaxMemory      Size       `yaml:"max_memory,omitempty"`
	MaxSessionAge  Duration   `yaml:"max_session_age,omitempty"`
	Log            Log        `yaml:"log,omitempty"`
	Clusters       []Cluster  `yaml:"clusters,omitempty"`
	Policies       []Policy   `yaml:"policies,omitempty"`
}

// ServerTLS names the PEM files of the bridge's own certificate.
type ServerTLS struct {
	Cert string `yaml:"cert,omitempty"`
	Key  string `yaml:"key,omitempty"`
}

// Auth has the sources of identities.
type Auth struct {
	Tokens []Token `yaml:"tokens,omitempty"`
	JWT    *JWT    `yaml:"jwt,omitempty"`
	Header *Header `yaml:"header,omitempty"`
}

// Any reports whether clients need an identity.
func (a Auth) Any() bool { return len(a.Tokens) > 0 || a.JWT != nil || a.Header != nil }

// A Token is a static one, of which the file has the hash.
type Token struct {
	Identity string   `yaml:"identity,omitempty"`
	Groups   []string `yaml:"groups,omitempty"`
	SHA256   string   `yaml:"sha256,omitempty"`
}

// JWT says which signed tokens are accepted.
type JWT struct {
	Issuer   string `yaml:"issuer,omitempty"`
	Audience string `yaml:"audience,omitempty"`
	JWKS     string `yaml:"jwks,omitempty"`
	Identity string `yaml:"identity,omitempty"`
	Groups   string `yaml:"groups,omitempty"`
}

// Header names the headers in which a trusted proxy says who its user is.
type Header struct {
	Identity string `yaml:"identity,omitempty"`
	Groups   string `yaml:"groups,omitempty"`
}

// Log says what is logged, and how.
type Log struct {
	Level  string `yaml:"level,omitempty"`
	Format string `yaml:"format,omitempty"`
}

// A Cluster is one that the bridge serves at /kafka/NAME.
type Cluster struct {
	Name           string            `yaml:"name,omitempty"`
	Default        bool              `yaml:"default,omitempty"`
	Brokers        []string          `yaml:"brokers,omitempty"`
	Targets        []string          `yaml:"targets,omitempty"`
	TLS            *BrokerTLS        `yaml:"tls,omitempty"`
	SASL           *SASL             `yaml:"sasl,omitempty"`
	AllowPlaintext bool              `yaml:"allow_plaintext,omitempty"`
	ConnectTo      map[string]string `yaml:"connect_to,omitempty"`
}

// BrokerTLS is for connections to brokers.
type BrokerTLS struct {
	CA         string `yaml:"ca,omitempty"`
	Cert       string `yaml:"cert,omitempty"`
	Key        string `yaml:"key,omitempty"`
	ServerName string `yaml:"server_name,omitempty"`
}

// SASL is how the bridge authenticates to brokers.
type SASL struct {
	Mechanism      string `yaml:"mechanism,omitempty"`
	User           string `yaml:"user,omitempty"`
	PasswordFile   string `yaml:"password_file,omitempty"`
	IdentitiesFile string `yaml:"identities_file,omitempty"`
	Token          string `yaml:"token,omitempty"`
	TokenURL       string `yaml:"token_url,omitempty"`
	ClientID       string `yaml:"client_id,omitempty"`
	SecretFile     string `yaml:"secret_file,omitempty"`
	Scope          string `yaml:"scope,omitempty"`
}

// FromClient is the Token with which the bridge shows brokers the user's own.
const FromClient = "from-client"

// AsUser reports whether brokers see each user as a principal of their own.
func (s *SASL) AsUser() bool { return s != nil && (s.IdentitiesFile != "" || s.Token != "") }

// The mechanisms of SASL.
const (
	Plain       = "plain"
	ScramSHA256 = "scram-sha-256"
	ScramSHA512 = "scram-sha-512"
	OAuthBearer = "oauthbearer"
)

// A Policy allows some identities something.
type Policy struct {
	Name             string         `yaml:"name,omitempty"`
	Identities       []string       `yaml:"identities,omitempty"`
	Groups           []string       `yaml:"groups,omitempty"`
	Clusters         []string       `yaml:"clusters,omitempty"`
	Allow            StringOrList   `yaml:"allow,omitempty"`
	Topics           []string       `yaml:"topics,omitempty"`
	ConsumerGroups   ConsumerGroups `yaml:"consumer_groups,omitempty"`
	TransactionalIDs []string       `yaml:"transactional_ids,omitempty"`
	Observe          bool           `yaml:"observe,omitempty"`
}

// ConsumerGroups are patterns of group ids.
type ConsumerGroups struct {
	See  []string `yaml:"see,omitempty"`
	Join []string `yaml:"join,omitempty"`
}

// Defaults of keys that have one.
const (
	DefaultListen   = "127.0.0.1:8642"
	DefaultClaim    = "sub"
	DefaultLevel    = "info"
	DefaultFormat   = "text"
	defaultMemory   = 512 << 20
	defaultAge      = 12 * time.Hour
	minMemory       = 4 << 20 // what bridge.Config.MaxMemory takes
	minAge          = time.Minute
	defaultBroker   = 9092
	maxNameLength   = 64
	defaultJWTGroup = "groups"
)

// setDefaults fills in what nobody wrote.
func (f *File) setDefaults() {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&f.Listen, DefaultListen)
	set(&f.Log.Level, DefaultLevel)
	set(&f.Log.Format, DefaultFormat)
	if f.MaxMemory == 0 {
		f.MaxMemory = defaultMemory
	}
	if f.MaxSessionAge == 0 {
		f.MaxSessionAge = Duration(defaultAge)
	}
	if f.Auth.JWT != nil {
		set(&f.Auth.JWT.Identity, DefaultClaim)
		set(&f.Auth.JWT.Groups, defaultJWTGroup)
	}
}
