package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

const (
	checkNetwork = "Check that the source runs, and that network policies allow the way to it"
	checkTrust   = "Check that SLUICE_SOURCE is the source's address; if its root was replaced, delete the pod, so that the " +
		"webhook writes the plan anew"
)

// explain makes a Failure of what keeps a connection from giving an answer. All of it may pass, but for a certificate that
// does not fit (4.4).
func explain(source string, err error) error {
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return failure.New(failure.Denied, checkTrust, "%s is not trusted: %s", source, misfit(certificate))
	}
	return failure.Passing(checkNetwork, "%s cannot be reached: %s", source, reason(err))
}

func endedEarly(source string) error { return explain(source, io.ErrUnexpectedEOF) }

// misfit says what is wrong with a certificate: its name, root or validity.
func misfit(err *tls.CertificateVerificationError) string {
	if name, ok := errors.AsType[x509.HostnameError](err.Err); ok {
		return "its certificate is not for the name " + failure.Printable(name.Host)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err.Err); ok {
		return "its certificate does not descend from the roots in the plan"
	}
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err.Err)
	if ok && invalid.Reason == x509.Expired {
		const day = time.RFC3339
		return "a certificate is valid from " + invalid.Cert.NotBefore.UTC().Format(day) + " to " +
			invalid.Cert.NotAfter.UTC().Format(day) + ", and the clock here says " + time.Now().UTC().Format(day)
	}
	return "its certificate does not fit: " + failure.Printable(err.Err.Error())
}

// reason says why a system call or a connection failed, without addresses and paths, which the message has already.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "no answer in time"
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection ended early"
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error()
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return "its name has no address: " + failure.Printable(name.Err)
	}
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return "no answer in time"
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return failure.Printable(err.Error())
}
