package source

import (
	"errors"
	"io"
	"net/http"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
)

var errTooLarge = errors.New("the answer is too large")

// readBody reads all of a bounded body, into one piece of memory where its size is known: the launcher shares the memory
// limit of the container. A body shorter than promised is io.ErrUnexpectedEOF.
func readBody(response *http.Response) ([]byte, error) {
	if response.ContentLength > answer.MaxBytes {
		return nil, errTooLarge
	}
	if response.ContentLength >= 0 {
		body := make([]byte, response.ContentLength)
		_, err := io.ReadFull(response.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, answer.MaxBytes+1))
	if err == nil && len(body) > answer.MaxBytes {
		err = errTooLarge
	}
	return body, err
}

// isFramed tells whether the body said itself where it ends, rather than ending with the connection.
func isFramed(response *http.Response) bool {
	return response.ContentLength >= 0 || len(response.TransferEncoding) > 0
}
