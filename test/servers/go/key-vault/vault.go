package main

import (
	"crypto/x509"
	"net/http"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
)

// secret as it is kept.
type secret struct {
	value       string
	contentType *string
}

// certificate as it is kept; its key and its private half are the key and the secret of the same name.
type certificate struct {
	leaf   *x509.Certificate
	policy *azcertificates.CertificatePolicy
}

// vault is one key vault, by the name its caller knows it by.
type vault struct {
	host  string
	cloud cloud
	// rbac: who is refused is told so in the words of roles, not of access policies.
	rbac   bool
	access map[string][]rule

	mutex        sync.Mutex
	secrets      *shelf[secret]
	keys         *shelf[azkeys.JSONWebKey]
	certificates *shelf[certificate]
}

func newVault(host string) *vault {
	return &vault{
		host:         host,
		cloud:        cloudOfVault(host),
		rbac:         true,
		access:       map[string][]rule{},
		secrets:      newShelf[secret]("Secret"),
		keys:         newShelf[azkeys.JSONWebKey]("Key"),
		certificates: newShelf[certificate]("Certificate"),
	}
}

func (v *vault) address() string { return "https://" + v.host }

// id of an object; of all its versions if none is named.
func (v *vault) id(kind, name, version string) string {
	id := v.address() + "/" + kind + "/" + name
	if version != "" {
		id += "/" + version
	}
	return id
}

// transport of a generated fake server.
type transport interface {
	Do(*http.Request) (*http.Response, error)
}

// transport made for one request: the generated ones keep where a listing stands by its path, for one caller.
func (v *vault) transport(asked operation, request *http.Request) transport {
	switch asked.kind {
	case "secrets":
		return v.secretServer(request)
	case "keys":
		return v.keyServer(request)
	default:
		return v.certificateServer(asked, request)
	}
}
