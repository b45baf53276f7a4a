package main

import (
	"context"
	"net/http"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets/fake"
)

// largest secret, in bytes.
const largest = 25 * 1024

// secretServer answers as https://learn.microsoft.com/rest/api/keyvault/secrets tells.
func (v *vault) secretServer(request *http.Request) transport {
	return fake.NewServerTransport(&fake.Server{
		SetSecret: func(_ context.Context, name string, body azsecrets.SetSecretParameters, _ *azsecrets.SetSecretOptions) (azfake.Responder[azsecrets.SetSecretResponse], azfake.ErrorResponder) {
			found, set, err := v.setSecret(name, body)
			return respond(err, func() azsecrets.SetSecretResponse {
				return azsecrets.SetSecretResponse{Secret: v.secretOf(found, set)}
			})
		},
		GetSecret: func(_ context.Context, name, id string, _ *azsecrets.GetSecretOptions) (azfake.Responder[azsecrets.GetSecretResponse], azfake.ErrorResponder) {
			found, read, err := v.secrets.find(name, id)
			if err == nil && !read.enabled {
				err = refuse(403, "Forbidden", "SecretDisabled", "Operation get is not allowed on a disabled secret.")
			}
			return respond(err, func() azsecrets.GetSecretResponse {
				return azsecrets.GetSecretResponse{Secret: v.secretOf(found, read)}
			})
		},
		UpdateSecretProperties: func(_ context.Context, name, id string, body azsecrets.UpdateSecretPropertiesParameters, _ *azsecrets.UpdateSecretPropertiesOptions) (azfake.Responder[azsecrets.UpdateSecretPropertiesResponse], azfake.ErrorResponder) {
			found, changed, err := v.secrets.find(name, id)
			if err == nil {
				if body.ContentType != nil {
					changed.value.contentType = body.ContentType
				}
				wanted := orZero(body.SecretAttributes)
				changed.change(wanted.Enabled, wanted.NotBefore, wanted.Expires, body.Tags)
			}
			return respond(err, func() azsecrets.UpdateSecretPropertiesResponse {
				bundle := v.secretOf(found, changed)
				bundle.Value = nil
				return azsecrets.UpdateSecretPropertiesResponse{Secret: bundle}
			})
		},
		DeleteSecret: func(_ context.Context, name string, _ *azsecrets.DeleteSecretOptions) (azfake.Responder[azsecrets.DeleteSecretResponse], azfake.ErrorResponder) {
			removed, err := v.secrets.remove(name)
			return respond(err, func() azsecrets.DeleteSecretResponse {
				return azsecrets.DeleteSecretResponse{DeletedSecret: v.deletedSecretOf(removed)}
			})
		},
		GetDeletedSecret: func(_ context.Context, name string, _ *azsecrets.GetDeletedSecretOptions) (azfake.Responder[azsecrets.GetDeletedSecretResponse], azfake.ErrorResponder) {
			removed, err := v.secrets.findDeleted(name)
			return respond(err, func() azsecrets.GetDeletedSecretResponse {
				return azsecrets.GetDeletedSecretResponse{DeletedSecret: v.deletedSecretOf(removed)}
			})
		},
		RecoverDeletedSecret: func(_ context.Context, name string, _ *azsecrets.RecoverDeletedSecretOptions) (azfake.Responder[azsecrets.RecoverDeletedSecretResponse], azfake.ErrorResponder) {
			found, err := v.secrets.recover(name)
			return respond(err, func() azsecrets.RecoverDeletedSecretResponse {
				bundle := v.secretOf(found, found.latest())
				bundle.Value = nil
				return azsecrets.RecoverDeletedSecretResponse{Secret: bundle}
			})
		},
		PurgeDeletedSecret: func(_ context.Context, name string, _ *azsecrets.PurgeDeletedSecretOptions) (azfake.Responder[azsecrets.PurgeDeletedSecretResponse], azfake.ErrorResponder) {
			return respondEmpty[azsecrets.PurgeDeletedSecretResponse](v.secrets.purge(name))
		},
		NewListSecretPropertiesPager: func(*azsecrets.ListSecretPropertiesOptions) (pages azfake.PagerResponder[azsecrets.ListSecretPropertiesResponse]) {
			items, next, err := listed(v, v.secrets.live, request, v.secretPropertiesOf)
			result := azsecrets.SecretPropertiesListResult{Value: items, NextLink: next}
			addPage(&pages, err, azsecrets.ListSecretPropertiesResponse{SecretPropertiesListResult: result})
			return pages
		},
		NewListSecretPropertiesVersionsPager: func(name string, _ *azsecrets.ListSecretPropertiesVersionsOptions) (pages azfake.PagerResponder[azsecrets.ListSecretPropertiesVersionsResponse]) {
			items, next, err := listedVersions(v, v.secrets, name, request, func(o *object[secret], each *version[secret]) *azsecrets.SecretProperties {
				return v.propertiesOf(o, each, each.id)
			})
			result := azsecrets.SecretPropertiesListResult{Value: items, NextLink: next}
			addPage(&pages, err, azsecrets.ListSecretPropertiesVersionsResponse{SecretPropertiesListResult: result})
			return pages
		},
	})
}

func (v *vault) setSecret(name string, body azsecrets.SetSecretParameters) (*object[secret], *version[secret], error) {
	if body.Value == nil {
		return nil, nil, badParameter("The request body is missing the secret's value.")
	}
	if len(*body.Value) > largest {
		return nil, nil, badParameter("The specified secret value is too large: it may have %d bytes.", largest)
	}
	wanted := orZero(body.SecretAttributes)
	set := &version[secret]{newAttributes(), newID(), secret{*body.Value, body.ContentType}}
	set.change(wanted.Enabled, wanted.NotBefore, wanted.Expires, body.Tags)
	found, err := v.secrets.add(name, set)
	return found, set, err
}

func (v *vault) secretOf(found *object[secret], read *version[secret]) azsecrets.Secret {
	bundle := azsecrets.Secret{
		Attributes:  secretAttributes(read.attributes),
		ContentType: read.value.contentType,
		ID:          to.Ptr(azsecrets.ID(v.id("secrets", found.name, read.id))),
		Tags:        read.tags,
		Value:       &read.value.value,
	}
	if read.managed {
		bundle.Managed = to.Ptr(true)
		bundle.KID = to.Ptr(azsecrets.ID(v.id("keys", found.name, read.id)))
	}
	return bundle
}

func (v *vault) deletedSecretOf(removed *object[secret]) azsecrets.DeletedSecret {
	bundle := v.secretOf(removed, removed.latest())
	return azsecrets.DeletedSecret{
		Attributes:         bundle.Attributes,
		ContentType:        bundle.ContentType,
		ID:                 bundle.ID,
		Tags:               bundle.Tags,
		RecoveryID:         to.Ptr(v.id("deletedsecrets", removed.name, "")),
		DeletedDate:        to.Ptr(removed.deleted),
		ScheduledPurgeDate: to.Ptr(removed.deleted.Add(retention)),
	}
}

func (v *vault) secretPropertiesOf(found *object[secret]) *azsecrets.SecretProperties {
	return v.propertiesOf(found, found.latest(), "")
}

func (v *vault) propertiesOf(found *object[secret], each *version[secret], id string) *azsecrets.SecretProperties {
	properties := &azsecrets.SecretProperties{
		Attributes:  secretAttributes(each.attributes),
		ContentType: each.value.contentType,
		ID:          to.Ptr(azsecrets.ID(v.id("secrets", found.name, id))),
		Tags:        each.tags,
	}
	if each.managed {
		properties.Managed = to.Ptr(true)
	}
	return properties
}

func secretAttributes(a attributes) *azsecrets.SecretAttributes {
	return &azsecrets.SecretAttributes{
		Enabled:         &a.enabled,
		NotBefore:       a.notBefore,
		Expires:         a.expires,
		Created:         &a.created,
		Updated:         &a.updated,
		RecoverableDays: to.Ptr(int32(retention / (24 * time.Hour))),
		RecoveryLevel:   to.Ptr("Recoverable+Purgeable"),
	}
}
