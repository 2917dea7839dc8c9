package port

// AppendValue is appendValue, for tests that use package porttest.
var AppendValue = appendValue
