package main

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
	"software.sslmate.com/src/go-pkcs12"
)

const pkcs12Type, pemType = "application/x-pkcs12", "application/x-pem-file"

// imported is a certificate that is brought in, with what comes with it, the leaf first.
type imported struct {
	chain []*x509.Certificate
	key   crypto.PrivateKey
}

// parseImport reads PEM, or PKCS#12 in Base64.
func parseImport(text, password string) (*imported, error) {
	malformed := badParameter("The specified certificate could not be read, or has no private key.")
	var found imported
	var err error
	if isPEM(text) {
		found, err = parsePEM(text)
	} else {
		found, err = parsePKCS12(text, password)
	}
	if err != nil || found.key == nil || len(found.chain) == 0 {
		return nil, malformed
	}
	if !found.leafFirst() {
		return nil, badParameter("The private key belongs to none of the certificates.")
	}
	return &found, nil
}

func parsePKCS12(text, password string) (found imported, err error) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return found, err
	}
	key, leaf, others, err := pkcs12.DecodeChain(bytes, password)
	if err != nil {
		return found, err
	}
	return imported{append([]*x509.Certificate{leaf}, others...), key}, nil
}

func parsePEM(text string) (found imported, err error) {
	for rest := []byte(text); err == nil; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch {
		case block.Type == "CERTIFICATE":
			var parsed *x509.Certificate
			parsed, err = x509.ParseCertificate(block.Bytes)
			found.chain = append(found.chain, parsed)
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			found.key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		}
	}
	return found, err
}

// leafFirst puts the certificate of the key first and leaves the others as they came, as Key Vault does by default.
func (i *imported) leafFirst() bool {
	signer, ok := i.key.(crypto.Signer)
	if !ok {
		return false
	}
	for index, each := range i.chain {
		public, ok := each.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		if ok && public.Equal(signer.Public()) {
			copy(i.chain[1:index+1], i.chain[:index])
			i.chain[0] = each
			return true
		}
	}
	return false
}

// secretOf gives the text that Key Vault keeps in the secret of the certificate's name, and its content type.
func (i *imported) secretOf(policy azcertificates.CertificatePolicy) (string, string, error) {
	contentType := orZero(orZero(policy.SecretProperties).ContentType)
	exportable := policy.KeyProperties == nil || policy.KeyProperties.Exportable == nil || *policy.KeyProperties.Exportable
	if contentType == pemType {
		text := ""
		if der, err := x509.MarshalPKCS8PrivateKey(i.key); exportable && err == nil {
			text = encodePEM("PRIVATE KEY", der)
		}
		for _, each := range i.chain {
			text += encodePEM("CERTIFICATE", each.Raw)
		}
		return text, pemType, nil
	}
	var bytes []byte
	var err error
	if exportable {
		// Key Vault protects it by an empty password.
		bytes, err = pkcs12.LegacyDES.Encode(i.key, i.chain[0], i.chain[1:], "")
	} else {
		bytes, err = pkcs12.LegacyDES.EncodeTrustStore(i.chain, "")
	}
	return base64.StdEncoding.EncodeToString(bytes), pkcs12Type, err
}

func encodePEM(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
