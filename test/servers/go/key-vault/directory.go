package main

import (
	"crypto/sha1"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// application that may log in, each way that is set.
type application struct {
	ClientID string `json:"clientId"`
	Secret   string `json:"secret"`
	// Certificate as PEM: its key signs assertions.
	Certificate string      `json:"certificate"`
	Federated   []federated `json:"federated"`
	// ManagedIdentity: the machine's metadata service knows it.
	ManagedIdentity bool `json:"managedIdentity"`
	// ResourceID names a user-assigned identity as well.
	ResourceID string `json:"resourceId"`
	// SystemAssigned: it is the machine's own, which need not be named.
	SystemAssigned bool `json:"systemAssigned"`
	// TokenSeconds is how long its tokens live; an hour when 0.
	TokenSeconds int `json:"tokenSeconds"`
}

// federated is whom an application trusts: the tokens of an issuer for one subject.
type federated struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	// PublicKey of the issuer, as PEM.
	PublicKey string `json:"publicKey"`
}

const exchangeAudience = "api://AzureADTokenExchange"

// skew is how far the clock of who asserts something may be off.
const skew = 5 * time.Minute

func (a application) lifetime() time.Duration {
	if a.TokenSeconds > 0 {
		return time.Duration(a.TokenSeconds) * time.Second
	}
	return time.Hour
}

func objectIDOf(clientID string) string {
	sum := sha1.Sum([]byte(clientID))
	text := hex.EncodeToString(sum[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", text[:8], text[8:12], text[12:16], text[16:20], text[20:32])
}

// hasSecret compares as a login service should.
func (a application) hasSecret(secret string) bool {
	return a.Secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(a.Secret)) == 1
}

// verifyAssertion tells whether a signed assertion comes from the application, or from whom it trusts.
func (a application) verifyAssertion(assertion string, endpoints []string) error {
	if a.verifyCertificate(assertion, endpoints) == nil || slices.ContainsFunc(a.Federated, func(each federated) bool {
		return each.verify(assertion) == nil
	}) {
		return nil
	}
	return errors.New("no credential of the application signed the assertion")
}

func (a application) verifyCertificate(assertion string, endpoints []string) error {
	block, _ := pem.Decode([]byte(a.Certificate))
	if block == nil {
		return errors.New("the application has no certificate")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	claims := jwt.RegisteredClaims{}
	key := func(*jwt.Token) (any, error) { return certificate.PublicKey, nil }
	_, err = jwt.ParseWithClaims(assertion, &claims, key, jwt.WithValidMethods([]string{"RS256", "PS256"}),
		jwt.WithExpirationRequired(), jwt.WithIssuer(a.ClientID), jwt.WithSubject(a.ClientID), jwt.WithAudience(endpoints...), jwt.WithLeeway(skew))
	return err
}

func (f federated) verify(assertion string) error {
	public, err := jwt.ParseRSAPublicKeyFromPEM([]byte(f.PublicKey))
	if err != nil {
		return err
	}
	key := func(*jwt.Token) (any, error) { return public, nil }
	_, err = jwt.ParseWithClaims(assertion, &jwt.RegisteredClaims{}, key, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithExpirationRequired(), jwt.WithIssuer(f.Issuer), jwt.WithSubject(f.Subject), jwt.WithAudience(exchangeAudience), jwt.WithLeeway(skew))
	return err
}
