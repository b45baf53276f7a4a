package scripted

import (
	"io"
	"log"
)

// silent keeps what a server says of refused handshakes out of the tests' output.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }
