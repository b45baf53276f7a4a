package main

import (
	"context"
	"crypto/sha1"
	"crypto/x509"
	"net/http"
	"strings"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azcertificates/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
)

// certificateServer answers as https://learn.microsoft.com/rest/api/keyvault/certificates tells; it issues none itself.
// Its generated code takes NAME/VERSION for a name, so both come from our own routes.
func (v *vault) certificateServer(asked operation, request *http.Request) transport {
	name, id := asked.name, asked.version
	return fake.NewServerTransport(&fake.Server{
		ImportCertificate: func(_ context.Context, _ string, body azcertificates.ImportCertificateParameters, _ *azcertificates.ImportCertificateOptions) (azfake.Responder[azcertificates.ImportCertificateResponse], azfake.ErrorResponder) {
			found, added, err := v.importCertificate(name, body)
			return respond(err, func() azcertificates.ImportCertificateResponse {
				return azcertificates.ImportCertificateResponse{Certificate: v.certificateOf(found, added)}
			})
		},
		GetCertificate: func(context.Context, string, string, *azcertificates.GetCertificateOptions) (azfake.Responder[azcertificates.GetCertificateResponse], azfake.ErrorResponder) {
			found, read, err := v.certificates.find(name, id)
			return respond(err, func() azcertificates.GetCertificateResponse {
				return azcertificates.GetCertificateResponse{Certificate: v.certificateOf(found, read)}
			})
		},
		UpdateCertificate: func(_ context.Context, _, _ string, body azcertificates.UpdateCertificateParameters, _ *azcertificates.UpdateCertificateOptions) (azfake.Responder[azcertificates.UpdateCertificateResponse], azfake.ErrorResponder) {
			found, changed, err := v.certificates.find(name, id)
			if err == nil {
				wanted := orZero(body.CertificateAttributes)
				changed.change(wanted.Enabled, nil, nil, body.Tags)
				v.changeManaged(name, changed.id, wanted.Enabled, body.Tags)
			}
			return respond(err, func() azcertificates.UpdateCertificateResponse {
				return azcertificates.UpdateCertificateResponse{Certificate: v.certificateOf(found, changed)}
			})
		},
		DeleteCertificate: func(context.Context, string, *azcertificates.DeleteCertificateOptions) (azfake.Responder[azcertificates.DeleteCertificateResponse], azfake.ErrorResponder) {
			removed, err := v.certificates.remove(name)
			if err == nil {
				// Its key and its secret go with it.
				_, _ = v.keys.remove(name)
				_, _ = v.secrets.remove(name)
			}
			return respond(err, func() azcertificates.DeleteCertificateResponse {
				bundle := v.certificateOf(removed, removed.latest())
				return azcertificates.DeleteCertificateResponse{DeletedCertificate: azcertificates.DeletedCertificate{
					Attributes: bundle.Attributes, CER: bundle.CER, ID: bundle.ID, KID: bundle.KID, SID: bundle.SID, Tags: bundle.Tags,
					X509Thumbprint:     bundle.X509Thumbprint,
					RecoveryID:         to.Ptr(v.id("deletedcertificates", removed.name, "")),
					DeletedDate:        to.Ptr(removed.deleted),
					ScheduledPurgeDate: to.Ptr(removed.deleted.Add(retention)),
				}}
			})
		},
		PurgeDeletedCertificate: func(context.Context, string, *azcertificates.PurgeDeletedCertificateOptions) (azfake.Responder[azcertificates.PurgeDeletedCertificateResponse], azfake.ErrorResponder) {
			err := v.certificates.purge(name)
			if err == nil {
				_ = v.keys.purge(name)
				_ = v.secrets.purge(name)
			}
			return respondEmpty[azcertificates.PurgeDeletedCertificateResponse](err)
		},
		NewListCertificatePropertiesPager: func(*azcertificates.ListCertificatePropertiesOptions) (pages azfake.PagerResponder[azcertificates.ListCertificatePropertiesResponse]) {
			items, next, err := listed(v, v.certificates.live, request, v.certificatePropertiesOf)
			result := azcertificates.CertificatePropertiesListResult{Value: items, NextLink: next}
			addPage(&pages, err, azcertificates.ListCertificatePropertiesResponse{CertificatePropertiesListResult: result})
			return pages
		},
	})
}

// importCertificate keeps a certificate, and its key and its private half under the same name and version.
func (v *vault) importCertificate(name string, body azcertificates.ImportCertificateParameters) (*object[certificate], *version[certificate], error) {
	parsed, err := parseImport(orZero(body.Base64EncodedCertificate), orZero(body.Password))
	if err != nil {
		return nil, nil, err
	}
	policy := orZero(body.CertificatePolicy)
	text, contentType, err := parsed.secretOf(policy)
	if err != nil {
		return nil, nil, err
	}
	added := &version[certificate]{newAttributes(), newID(), certificate{parsed.chain[0], &policy}}
	added.notBefore, added.expires = &parsed.chain[0].NotBefore, &parsed.chain[0].NotAfter
	added.change(orZero(body.CertificateAttributes).Enabled, nil, nil, body.Tags)
	found, err := v.certificates.add(name, added)
	if err != nil {
		return nil, nil, err
	}
	managed := added.attributes
	managed.managed = true
	kind := azkeys.KeyTypeRSA
	if parsed.chain[0].PublicKeyAlgorithm == x509.ECDSA {
		kind = azkeys.KeyTypeEC
	}
	key := &version[azkeys.JSONWebKey]{managed, added.id, webKeyOf(kind, parsed.chain[0].PublicKey)}
	if _, err := v.keys.add(name, key); err != nil {
		return nil, nil, err
	}
	_, err = v.secrets.add(name, &version[secret]{managed, added.id, secret{text, &contentType}})
	return found, added, err
}

// changeManaged changes the key and the secret of a certificate along with it.
func (v *vault) changeManaged(name, id string, enabled *bool, tags map[string]*string) {
	if _, key, err := v.keys.find(name, id); err == nil {
		key.change(enabled, nil, nil, tags)
	}
	if _, private, err := v.secrets.find(name, id); err == nil {
		private.change(enabled, nil, nil, tags)
	}
}

func (v *vault) certificateOf(found *object[certificate], read *version[certificate]) azcertificates.Certificate {
	thumbprint := sha1.Sum(read.value.leaf.Raw)
	return azcertificates.Certificate{
		Attributes:     certificateAttributes(read.attributes),
		CER:            read.value.leaf.Raw,
		ID:             to.Ptr(azcertificates.ID(v.id("certificates", found.name, read.id))),
		KID:            to.Ptr(azcertificates.ID(v.id("keys", found.name, read.id))),
		SID:            to.Ptr(azcertificates.ID(v.id("secrets", found.name, read.id))),
		Policy:         read.value.policy,
		Tags:           read.tags,
		X509Thumbprint: thumbprint[:],
	}
}

func (v *vault) certificatePropertiesOf(found *object[certificate]) *azcertificates.CertificateProperties {
	bundle := v.certificateOf(found, found.latest())
	return &azcertificates.CertificateProperties{
		Attributes:     bundle.Attributes,
		ID:             to.Ptr(azcertificates.ID(v.id("certificates", found.name, ""))),
		Tags:           bundle.Tags,
		X509Thumbprint: bundle.X509Thumbprint,
	}
}

func certificateAttributes(a attributes) *azcertificates.CertificateAttributes {
	return &azcertificates.CertificateAttributes{
		Enabled:         &a.enabled,
		NotBefore:       a.notBefore,
		Expires:         a.expires,
		Created:         &a.created,
		Updated:         &a.updated,
		RecoverableDays: to.Ptr(int32(retention / (24 * time.Hour))),
		RecoveryLevel:   to.Ptr("Recoverable+Purgeable"),
	}
}

// isPEM tells a text in PEM from one in Base64.
func isPEM(text string) bool { return strings.Contains(text, "-----BEGIN ") }
