package main

import (
	"context"
	"net/http"
	"time"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys/fake"
)

// keyServer answers as https://learn.microsoft.com/rest/api/keyvault/keys tells; it signs and decrypts nothing.
func (v *vault) keyServer(request *http.Request) transport {
	return fake.NewServerTransport(&fake.Server{
		CreateKey: func(_ context.Context, name string, body azkeys.CreateKeyParameters, _ *azkeys.CreateKeyOptions) (azfake.Responder[azkeys.CreateKeyResponse], azfake.ErrorResponder) {
			key, err := generateKey(body)
			var found *object[azkeys.JSONWebKey]
			var created *version[azkeys.JSONWebKey]
			if err == nil {
				found, created, err = v.addKey(name, key, orZero(body.KeyAttributes), body.Tags)
			}
			return respond(err, func() azkeys.CreateKeyResponse {
				return azkeys.CreateKeyResponse{KeyBundle: v.keyOf(found, created)}
			})
		},
		ImportKey: func(_ context.Context, name string, body azkeys.ImportKeyParameters, _ *azkeys.ImportKeyOptions) (azfake.Responder[azkeys.ImportKeyResponse], azfake.ErrorResponder) {
			key, err := importedKey(body)
			var found *object[azkeys.JSONWebKey]
			var added *version[azkeys.JSONWebKey]
			if err == nil {
				found, added, err = v.addKey(name, key, orZero(body.KeyAttributes), body.Tags)
			}
			return respond(err, func() azkeys.ImportKeyResponse {
				return azkeys.ImportKeyResponse{KeyBundle: v.keyOf(found, added)}
			})
		},
		GetKey: func(_ context.Context, name, id string, _ *azkeys.GetKeyOptions) (azfake.Responder[azkeys.GetKeyResponse], azfake.ErrorResponder) {
			found, read, err := v.keys.find(name, id)
			return respond(err, func() azkeys.GetKeyResponse {
				return azkeys.GetKeyResponse{KeyBundle: v.keyOf(found, read)}
			})
		},
		UpdateKey: func(_ context.Context, name, id string, body azkeys.UpdateKeyParameters, _ *azkeys.UpdateKeyOptions) (azfake.Responder[azkeys.UpdateKeyResponse], azfake.ErrorResponder) {
			found, changed, err := v.keys.find(name, id)
			if err == nil {
				wanted := orZero(body.KeyAttributes)
				changed.change(wanted.Enabled, wanted.NotBefore, wanted.Expires, body.Tags)
			}
			return respond(err, func() azkeys.UpdateKeyResponse {
				return azkeys.UpdateKeyResponse{KeyBundle: v.keyOf(found, changed)}
			})
		},
		DeleteKey: func(_ context.Context, name string, _ *azkeys.DeleteKeyOptions) (azfake.Responder[azkeys.DeleteKeyResponse], azfake.ErrorResponder) {
			removed, err := v.keys.remove(name)
			return respond(err, func() azkeys.DeleteKeyResponse {
				bundle := v.keyOf(removed, removed.latest())
				return azkeys.DeleteKeyResponse{DeletedKey: azkeys.DeletedKey{
					Attributes: bundle.Attributes, Key: bundle.Key, Tags: bundle.Tags,
					RecoveryID:         to.Ptr(v.id("deletedkeys", removed.name, "")),
					DeletedDate:        to.Ptr(removed.deleted),
					ScheduledPurgeDate: to.Ptr(removed.deleted.Add(retention)),
				}}
			})
		},
		PurgeDeletedKey: func(_ context.Context, name string, _ *azkeys.PurgeDeletedKeyOptions) (azfake.Responder[azkeys.PurgeDeletedKeyResponse], azfake.ErrorResponder) {
			return respondEmpty[azkeys.PurgeDeletedKeyResponse](v.keys.purge(name))
		},
		NewListKeyPropertiesPager: func(*azkeys.ListKeyPropertiesOptions) (pages azfake.PagerResponder[azkeys.ListKeyPropertiesResponse]) {
			items, next, err := listed(v, v.keys.live, request, v.keyPropertiesOf)
			result := azkeys.KeyPropertiesListResult{Value: items, NextLink: next}
			addPage(&pages, err, azkeys.ListKeyPropertiesResponse{KeyPropertiesListResult: result})
			return pages
		},
	})
}

// addKey makes a new version of a key the latest.
func (v *vault) addKey(name string, key azkeys.JSONWebKey, wanted azkeys.KeyAttributes, tags map[string]*string) (*object[azkeys.JSONWebKey], *version[azkeys.JSONWebKey], error) {
	added := &version[azkeys.JSONWebKey]{newAttributes(), newID(), key}
	added.change(wanted.Enabled, wanted.NotBefore, wanted.Expires, tags)
	found, err := v.keys.add(name, added)
	return found, added, err
}

func (v *vault) keyOf(found *object[azkeys.JSONWebKey], read *version[azkeys.JSONWebKey]) azkeys.KeyBundle {
	key := read.value
	key.KID = to.Ptr(azkeys.ID(v.id("keys", found.name, read.id)))
	bundle := azkeys.KeyBundle{Attributes: keyAttributes(read.attributes), Key: &key, Tags: read.tags}
	if read.managed {
		bundle.Managed = to.Ptr(true)
	}
	return bundle
}

func (v *vault) keyPropertiesOf(found *object[azkeys.JSONWebKey]) *azkeys.KeyProperties {
	latest := found.latest()
	properties := &azkeys.KeyProperties{
		Attributes: keyAttributes(latest.attributes),
		KID:        to.Ptr(azkeys.ID(v.id("keys", found.name, ""))),
		Tags:       latest.tags,
	}
	if latest.managed {
		properties.Managed = to.Ptr(true)
	}
	return properties
}

func keyAttributes(a attributes) *azkeys.KeyAttributes {
	return &azkeys.KeyAttributes{
		Enabled:         &a.enabled,
		NotBefore:       a.notBefore,
		Expires:         a.expires,
		Created:         &a.created,
		Updated:         &a.updated,
		RecoverableDays: to.Ptr(int32(retention / (24 * time.Hour))),
		RecoveryLevel:   to.Ptr("Recoverable+Purgeable"),
	}
}
