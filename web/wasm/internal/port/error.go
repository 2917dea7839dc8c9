package port

// The codes of errors that arise at the seam itself. The page's types document them.
const (
	CodeAborted          = "ERR_ABORTED"
	CodeCallback         = "ERR_CALLBACK"
	CodeClosed           = "ERR_CLOSED"
	CodeMismatchArgument = "ERR_MISMATCH_ARGUMENT"
)

// An Error becomes a KafkaError in the page, with these fields.
type Error struct {
	Code           string `json:"code"`
	Message        string `json:"message"`
	Errno          int    `json:"errno,omitzero"`     // of package core
	KafkaCode      int16  `json:"kafkaCode,omitzero"` // of a broker
	Retriable      bool   `json:"retriable"`
	OutcomeUnknown bool   `json:"outcomeUnknown"` // a write that may have happened
	Broker         string `json:"broker,omitzero"`
	Topic          string `json:"topic,omitzero"`
	Partition      *int32 `json:"partition,omitzero"`
	// Question is the one whose answer failed. The page knows the error, and makes it the cause.
	Question uint32 `json:"question,omitzero"`
}

func (e *Error) Error() string { return e.Message }

// Mismatch returns the error of an argument that makes no sense.
func Mismatch(message string) *Error {
	return &Error{Code: CodeMismatchArgument, Message: message, Errno: -1000}
}
